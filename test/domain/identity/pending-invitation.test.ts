// A person who never accepted the invitation cannot change their address: the sync says what to do instead.
import { expect, test } from '@jest/globals';
import { nextForPerson } from '../../../domain/contract/next-for-person.ts';
import type { WhyPerson } from '../../../domain/contract/why.ts';
import { driftAdvice } from '../../../domain/people/joiner-findings.ts';
import type { TimelyUser } from '../../../domain/timely.ts';
import { gated, labelWithHold, link, person, planOf, user, worldWith } from '../support/world.ts';

const worldOf = (patch: Partial<TimelyUser>) =>
  worldWith({
    directory: { people: [person('Ada')] },
    timely: { users: [user(10, 'Ada', { email: 'old@contoso.example', ...patch })] },
    personLinks: [link('Ada', 10)],
  });
const driftOf = (patch: Partial<TimelyUser>) =>
  planOf(worldOf(patch)).findings.find(({ kind }) => kind === 'cannot-change')?.message;

const pending = { pending: true as const };

test.each([
  ['has signed in', {}, /Only the person can change this, in Timely\.$/],
  [
    'is pending under another address',
    pending,
    /not accepted .* Remove them in Timely: the sync then invites ada@contoso\.example/,
  ],
  [
    'is pending under another name',
    { ...pending, email: 'ada@contoso.example', name: 'Ava' },
    /When they have, they can change it/,
  ],
])('tells what to do when a person %s', (_, patch, expected) => {
  expect(driftOf(patch)).toMatch(expected);
});

test.each([
  ['under the new address', pending, 'invite ada@contoso.example (removed-by-hand)', null],
  ['as before once they have signed in', {}, 'reinstate ada@contoso.example (removed-by-hand)', 10],
])('invites a removed person %s', (_, patch, expected, timelyId) => {
  const [change] = gated(worldOf({ ...patch, removed: true }));
  expect(change && [labelWithHold(change), change.subject.timelyId]).toEqual([expected, timelyId]);
});

test('a person whom the sync removed returns as the same user, whether they had accepted or not', () => {
  const world = worldOf({ ...pending, removed: true });
  const [change] = gated({ ...world, personLinks: [link('Ada', 10, { state: 'removed' })] });
  expect(change && [labelWithHold(change), change.subject.timelyId]).toEqual([
    'reinstate ada@contoso.example',
    10,
  ]);
});

test('why gives the same step', () => {
  const email = 'ada@contoso.example';
  const timely = { id: 10, email: 'old@contoso.example', name: 'Ada', role: 'employee', removed: false };
  const answer: Omit<WhyPerson, 'next'> = {
    kind: 'person',
    tenant: 'contoso',
    tag: null,
    asOf: null,
    changes: [],
    waiting: [],
    findings: [{ kind: 'cannot-change', subject: email, message: '' }],
    person: { id: 'id-ada', name: 'Ada', email, userPrincipalName: email, enabled: true, guest: false },
    verdict: { inScope: true, code: 'included', reason: '' },
    link: null,
    timely: { ...timely, pending: true },
    teams: [],
  };
  expect(nextForPerson(answer)).toBe(driftAdvice({ pending: true, newAddress: email }));
  expect(nextForPerson({ ...answer, timely: { ...timely, pending: false } })).toMatch(/^Only the person/);
});
