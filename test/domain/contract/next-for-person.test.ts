import { describe, expect, test } from '@jest/globals';
import { nextForPerson } from '../../../domain/contract/next-for-person.ts';
import type { WhyPerson } from '../../../domain/contract/why.ts';
import { type VerdictCode, verdictCodes } from '../../../domain/people/verdict.ts';
import type { FindingKind } from '../../../domain/plan/finding-kinds.ts';

type Facts = Omit<WhyPerson, 'next'>;

const ada: Facts = {
  kind: 'person',
  tenant: 'contoso',
  tag: '0a1b2c3d4e',
  asOf: { cycle: 3, at: '2026-11-23T12:00:00.000Z' },
  person: {
    id: 'id-ada',
    name: 'Ada Example',
    email: 'ada@contoso.example',
    userPrincipalName: 'ada@contoso.example',
    enabled: true,
    guest: false,
  },
  verdict: { inScope: true, code: 'included', reason: 'scope.include 1: group "Timely Users"' },
  link: null,
  timely: null,
  teams: [],
  changes: [],
  waiting: [],
  findings: [],
};

const next = (facts: Partial<Facts>) => nextForPerson({ ...ada, ...facts });
const outBy = (code: VerdictCode): Partial<Facts> => ({ verdict: { inScope: false, code, reason: '' } });
const found = (kind: FindingKind, message = 'It is so.') => ({
  findings: [{ kind, subject: 'ada@contoso.example', message }],
});
const inTimely = {
  timely: {
    id: 7,
    email: 'ada@contoso.example',
    name: 'Ada',
    role: 'employee',
    removed: false,
    pending: false,
  },
};
const linked = (outOfScopeSince: string | null = null): Partial<Facts> => ({
  ...inTimely,
  link: { timelyId: 7, state: 'present', email: 'ada@contoso.example', role: 'employee', outOfScopeSince },
});

describe('the next step of a person who is not in Timely', () => {
  test.each<[VerdictCode, string]>([
    ['disabled', 'Enable it in the directory'],
    ['deleted', 'no longer has the account'],
    ['agent', 'AI agents are never brought in'],
    ['other-kind', 'accounts of this kind are never brought in'],
    ['excluded', 'scope.exclude wins over every line of scope.include'],
    ['guest-not-accepted', 'accept the invitation to the directory first'],
    ['guest-not-allowed', '`guests: true`'],
    ['no-rule', 'a line of scope.include has to fit them'],
  ])('follows from the verdict %s', (code, advice) => {
    expect(next(outBy(code))).toContain(advice);
  });

  test('differs for each verdict', () => {
    const steps = verdictCodes.map((code) => next(outBy(code)));
    expect(new Set(steps).size).toBe(verdictCodes.length);
  });

  test('is an address when they have none, and the next cycle otherwise', () => {
    expect(next(found('no-email'))).toContain('Give them an address');
    expect(next({})).toContain('timely-sync provision contoso id-ada');
  });

  test('names the key that leaves them out after a removal by hand', () => {
    expect(next(found('removed-in-timely'))).toContain('`leavers.removedInTimely` is `respect`');
  });

  test('is nothing when the directory does not have them, and a cycle before the first plan', () => {
    expect(next({ person: null, verdict: null })).toContain('the directory does not have them');
    expect(next({ verdict: null })).toContain('timely-sync sync contoso');
  });
});

describe('the next step of a person who is in Timely', () => {
  test('is nothing when they are in step, and the finding when there is one', () => {
    expect(next(linked())).toBe('Nothing: they are in Timely, as the tenant file says.');
    const step = next({ ...linked(), ...found('email-fallback', 'Check the mailbox.') });
    expect(step).toContain('email-fallback: Check the mailbox.');
    expect(next({ ...linked(), ...found('cannot-change') })).toContain('Only the person can change this');
  });

  test('is the end of the grace days when they fell out of scope', () => {
    const grace = linked('2026-11-20T08:00:00.000Z');
    expect(next({ ...outBy('no-rule'), ...grace })).toContain('counted from 2026-11-20');
    expect(next({ ...outBy('disabled'), ...grace })).toContain('plans their removal');
  });

  test('is a removal by hand when leavers are only reported', () => {
    expect(next({ ...outBy('disabled'), ...linked(), ...found('leaver') })).toContain('`leavers.action`');
  });

  test('is theirs alone when the sync did not add them', () => {
    expect(next({ ...outBy('no-rule'), ...inTimely })).toContain('leaves them alone');
    expect(next({ ...outBy('disabled'), ...inTimely, ...found('unmanaged-leaver') })).toContain(
      'Remove them there by hand',
    );
  });
});

describe('a change that waits', () => {
  const held = (request: string | null): Partial<Facts> => ({
    ...outBy('disabled'),
    ...linked(),
    waiting: [
      {
        position: 0,
        change: 'remove',
        status: 'held',
        subject: 'ada@contoso.example',
        name: 'Ada Example',
        why: 'disabled',
        hold: { rule: 'sensitive', detail: 'Is admin in Timely.' },
        refusal: null,
        failure: null,
        request,
        nextTryAt: null,
      },
    ],
  });

  test('comes before the verdict', () => {
    expect(next(held('contoso/3'))).toContain('timely-sync approvals show contoso/3');
    expect(next(held(null))).toContain('Is admin in Timely.');
  });
});
