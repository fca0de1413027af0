import { describe, expect, test } from '@jest/globals';
import { isRemovalStillDue } from '../../../domain/people/leavers.ts';
import type { SyncRules } from '../../../domain/rules.ts';
import {
  gated,
  group,
  guest,
  labelWithHold,
  link,
  members,
  now,
  person,
  planOf,
  rulesWith,
  user,
  worldWith,
} from '../support/world.ts';

const team = group('Timely Users');
const groupScope: SyncRules['scope'] = {
  include: [{ group: 'Timely Users' }],
  exclude: [],
  guests: 'exclude',
  guestDomains: [],
};
const leavers = (patch: Partial<SyncRules['leavers']>): SyncRules['leavers'] => ({
  ...rulesWith().leavers,
  ...patch,
});
const ada = { timely: { users: [user(10, 'Ada')] }, personLinks: [link('Ada', 10)] };
const labels = (world: Parameters<typeof worldWith>[0]) => gated(worldWith(world)).map(labelWithHold);
const findingsOf = (world: Parameters<typeof worldWith>[0]) =>
  planOf(worldWith(world)).findings.map(({ kind, subject }) => `${kind} ${subject}`);

describe('a linked person', () => {
  test.each([
    ['disabled', [person('Ada', { enabled: false })]],
    ['deleted', []],
    ['out-of-scope', [person('Ada')]],
  ])('when %s, with that as the reason', (code, people) => {
    const world = worldWith({ ...ada, rules: { scope: groupScope }, directory: { people, groups: [team] } });
    const [change, ...others] = planOf(world).changes;
    expect(others).toEqual([]);
    expect(planOf(world).findings.map(({ subject }) => subject)).not.toContain('ada@contoso.example');
    expect(change).toMatchObject({
      kind: 'remove',
      before: { role: 'employee' },
      after: null,
      subject: { timelyId: 10 },
    });
    expect(change?.reason.startsWith(`${code}: `)).toBe(true);
  });
  test('stays with role and team while the account is suspended for some time, and nobody new comes in so', () => {
    const people = ['Ada', 'Bo'].map((name) => person(name, { isPaused: true }));
    const teams: SyncRules['teams'] = [{ kind: 'group', group: 'Timely Users' }];
    const memberships = members(team.id, 'id-ada', 'id-bo');
    const directory = { people, groups: [team], memberships };
    const world = { ...ada, rules: { scope: groupScope, teams }, directory };
    expect(labels(world).filter((label) => !label.startsWith('createTeam'))).toEqual([]);
    const grace = leavers({ graceDays: 3 });
    const { linkUpdates } = planOf(worldWith({ ...world, rules: { ...world.rules, leavers: grace } }));
    expect(linkUpdates).toEqual([]);
  });
  test('is not removed when the Timely user is already gone', () => {
    expect(labels({ ...ada, timely: { users: [user(10, 'Ada', { removed: true })] } })).toEqual([]);
    expect(labels({ ...ada, timely: { users: [] } })).toEqual([]);
  });
  test('is not removed when leavers.action is report', () => {
    const world = { ...ada, rules: { leavers: leavers({ action: 'report' }) } };
    expect([labels(world), findingsOf(world)[0]]).toEqual([[], 'leaver ada@contoso.example']);
  });
  test('is removed only when disabled while a group of the rules is missing', () => {
    const world = {
      rules: { scope: groupScope },
      directory: { people: [person('Ada'), person('Bo', { enabled: false })] },
      timely: { users: [user(10, 'Ada'), user(11, 'Bo')] },
      personLinks: [link('Ada', 10), link('Bo', 11)],
    };
    const changes = gated(worldWith(world));
    expect(changes.map(labelWithHold)).toEqual([
      'remove ada@contoso.example (unresolved-group)',
      'remove bo@contoso.example',
    ]);
    expect(changes[0]?.hold?.detail).toContain('"Timely Users"');
  });
});

describe('grace days', () => {
  const outOfScope = (outOfScopeSince: string | null, people = [person('Ada')]) => ({
    rules: { scope: groupScope, leavers: leavers({ graceDays: 3 }) },
    directory: { people, groups: [team] },
    timely: ada.timely,
    personLinks: [link('Ada', 10, { outOfScopeSince })],
  });
  test.each([
    [null, []],
    ['2026-11-20T12:00:00.001Z', []],
    ['2026-11-20T12:00:00.000Z', ['remove ada@contoso.example']],
  ])('count from the first moment out of scope: %s', (since, expected) => {
    expect(labels(outOfScope(since))).toEqual(expected);
  });
  test('do not apply to disabled or deleted accounts', () => {
    expect(labels(outOfScope(null, [person('Ada', { enabled: false })]))).toEqual([
      'remove ada@contoso.example',
    ]);
    expect(labels(outOfScope(null, []))).toEqual(['remove ada@contoso.example']);
  });
  test('start once and end when the person returns', () => {
    const updatesOf = (world: Parameters<typeof worldWith>[0]) => planOf(worldWith(world)).linkUpdates;
    expect(updatesOf(outOfScope(null))).toEqual([{ personId: 'id-ada', outOfScopeSince: now }]);
    expect(updatesOf(outOfScope('2026-11-22T00:00:00.000Z'))).toEqual([]);
    const back = outOfScope('2026-11-22T00:00:00.000Z');
    const directory = { ...back.directory, memberships: members(team.id, 'id-ada') };
    expect(updatesOf({ ...back, directory })).toEqual([{ personId: 'id-ada', outOfScopeSince: null }]);
  });
  test('do not start on an incomplete read', () => {
    const world = outOfScope(null);
    const incomplete = { ...world, directory: { ...world.directory, complete: false } };
    expect(planOf(worldWith(incomplete)).linkUpdates).toEqual([]);
  });
});

describe('without links, after a loss of the store,', () => {
  const users = [
    user(10, 'Ada', { externalId: 'id-ada' }),
    user(11, 'Bo', { externalId: 'id-of-another-system' }),
  ];
  test('removes an invited person out of scope, but not a user with a foreign external id', () => {
    const world = { directory: { people: [person('Ada', { enabled: false })] }, timely: { users } };
    expect(labels(world)).toEqual(['remove ada@contoso.example']);
    expect(findingsOf(world)).toContain('unmanaged bo@contoso.example');
  });
  test('keeps a user who belongs to another person, and a second user of a linked person', () => {
    const people = [person('Ada', { enabled: false }), person('Bo')];
    const taken = { directory: { people }, timely: { users: [user(10, 'Bo', { externalId: 'id-ada' })] } };
    expect(labels({ ...taken, personLinks: [link('Bo', 10)] })).toEqual([]);
    expect(labels(taken)).toEqual(['link bo@contoso.example']);
    const second = { directory: { people: [person('Ada', { enabled: false })] }, timely: { users } };
    expect(labels({ ...second, personLinks: [link('Ada', 9, { state: 'removed' })] })).toEqual([]);
  });
  test('grants full grace days', () => {
    const world = {
      rules: { scope: groupScope, leavers: leavers({ graceDays: 3 }) },
      directory: { people: [person('Ada')], groups: [team] },
      timely: { users },
    };
    expect(labels(world)).toEqual([]);
  });
});

describe('a person in scope who is no longer in Timely', () => {
  const removed = { timely: { users: [user(10, 'Ada', { removed: true })] } };
  const directory = { people: [person('Ada')] };
  test('is reinstated after a removal by the sync', () => {
    expect(labels({ ...removed, directory, personLinks: [link('Ada', 10, { state: 'removed' })] })).toEqual([
      'reinstate ada@contoso.example',
    ]);
  });
  test.each([
    ['ask', ['reinstate ada@contoso.example (removed-by-hand)']],
    ['restore', ['reinstate ada@contoso.example']],
    ['respect', []],
  ] as const)('was removed by hand: %s', (removedInTimely, expected) => {
    const world = {
      ...removed,
      directory,
      personLinks: [link('Ada', 10)],
      rules: { leavers: leavers({ removedInTimely }) },
    };
    expect(labels(world)).toEqual(expected);
    expect(findingsOf(world)).toContain('removed-in-timely ada@contoso.example');
  });
  test('needs approval when missing from a complete read, and no change when missing from an incomplete one', () => {
    const world = { directory, personLinks: [link('Ada', 10)] };
    expect(labels({ ...world, timely: { users: [] } })).toEqual([
      'reinstate ada@contoso.example (removed-by-hand)',
    ]);
    expect(labels({ ...world, timely: { users: [], complete: false } })).toEqual([]);
  });
  test('returns with the role of the rules and not as a team lead', () => {
    const users = [user(10, 'Ada', { removed: true, role: 'team_lead' })];
    const [change] = planOf(
      worldWith({ timely: { users }, directory, personLinks: [link('Ada', 10, { state: 'removed' })] }),
    ).changes;
    expect(change?.after).toEqual({ role: 'employee' });
  });
  test('needs both approvals when removed by hand with a foreign contact address', () => {
    const bo = guest('Bo', { mail: 'bo@elsewhere.example' });
    const scope: SyncRules['scope'] = {
      include: [{ everyone: true }],
      exclude: [],
      guests: 'include',
      guestDomains: [],
    };
    const world = worldWith({
      rules: { scope },
      timely: { users: [user(10, 'Bo', { removed: true })] },
      directory: { people: [bo] },
      personLinks: [link('Bo', 10)],
    });
    expect([...planOf(world).preHolds.values()].map((holds) => holds.map(({ rule }) => rule))).toEqual([
      ['identity-mismatch', 'removed-by-hand'],
    ]);
  });
  test('is linked again when reinstated by hand after a removal by the sync', () => {
    expect(labels({ ...ada, directory, personLinks: [link('Ada', 10, { state: 'removed' })] })).toEqual([
      'link ada@contoso.example',
    ]);
  });
});

test('reports unmatched users without changes, and those with the address of a leaver separately', () => {
  const world = {
    directory: { people: [person('Ada', { enabled: false })] },
    timely: { users: [user(10, 'Ada'), user(11, 'Bo')] },
  };
  expect(labels(world)).toEqual([]);
  expect(findingsOf(world)).toEqual(
    expect.arrayContaining(['unmanaged-leaver ada@contoso.example', 'unmanaged bo@contoso.example']),
  );
});

describe('a planned removal, at a fresh read,', () => {
  const facts = { email: null, otherAddresses: [], department: null, domain: null };
  const verdict = { personId: 'id-ada', inScope: false, reason: '', ruleIndex: null, role: null, ...facts };
  test.each([
    ['out-of-scope: no rule', 'included', true, 0, false],
    ['out-of-scope: no rule', 'no-rule', false, 3, true],
    ['disabled: so it is', 'disabled', false, 3, true],
    ['disabled: so it is', 'no-rule', false, 0, true],
    ['disabled: so it is', 'no-rule', false, 3, false],
    ['deleted: so it is', 'deleted', false, 3, true],
  ] as const)(
    'planned as "%s" and read as %s (in scope: %s), with %s grace days, is still due: %s',
    (reason, code, inScope, graceDays, stands) => {
      expect(isRemovalStillDue({ reason }, { ...verdict, code, inScope }, leavers({ graceDays }))).toBe(
        stands,
      );
    },
  );
});
