import { describe, expect, test } from '@jest/globals';
import {
  gated,
  guest,
  labelOf,
  labelWithHold,
  link,
  person,
  planOf,
  user,
  worldWith,
} from '../support/world.ts';

const labels = (world: Parameters<typeof worldWith>[0]) => gated(worldWith(world)).map(labelWithHold);
const people = [person('Ada')];
const gone = link('Old', 10, { email: 'ada@contoso.example' });

describe('a person is matched', () => {
  test('by link when address and name differ, with a finding', () => {
    const world = worldWith({
      directory: { people },
      timely: { users: [user(10, 'Ava')] },
      personLinks: [link('Ada', 10)],
    });
    const { changes, findings, unchanged } = planOf(world);
    expect([changes, unchanged]).toEqual([[], 1]);
    expect(findings.filter(({ kind }) => kind === 'cannot-change').map(({ message }) => message)).toEqual([
      'The directory has the name "Ada" and the address ada@contoso.example, but Timely has "Ava" ava@contoso.example. Only the person can change this, in Timely.',
    ]);
  });
  test('by link although nobody has verified the address, and otherwise only when approved', () => {
    const unverified = [person('Ada', { isMailUnverified: true })];
    const world = { directory: { people: unverified } };
    const users = [user(10, 'Ada')];
    expect(labels({ ...world, timely: { users }, personLinks: [link('Ada', 10)] })).toEqual([]);
    expect(labels(world)).toEqual(['invite ada@contoso.example (identity-mismatch)']);
    expect(labels({ ...world, timely: { users } })).toEqual(['link ada@contoso.example (identity-mismatch)']);
    const removed = [user(10, 'Ada', { removed: true })];
    const links = [link('Ada', 10, { state: 'removed' })];
    expect(labels({ ...world, timely: { users: removed }, personLinks: links })).toEqual([
      'reinstate ada@contoso.example (identity-mismatch)',
    ]);
  });
  test('by external id before address', () => {
    const users = [user(10, 'Ada'), user(11, 'Ava', { externalId: 'ID-ADA' })];
    const [change] = planOf(worldWith({ directory: { people }, timely: { users } })).changes;
    expect(change).toMatchObject({ kind: 'link', subject: { timelyId: 11, email: 'ada@contoso.example' } });
  });
  test('by address in any case, and gets the role of the rules', () => {
    const users = [user(10, 'Ada', { email: 'ADA@Contoso.example' })];
    const roles = { default: 'manager', adopted: 'rules' as const, rules: [] };
    expect(labels({ rules: { roles }, directory: { people }, timely: { users } })).toEqual([
      'link ada@contoso.example',
      'changeRole ada@contoso.example',
    ]);
  });
  test('never by an address that only looks like theirs', () => {
    const users = [user(10, 'Kim', { email: '\u212aim@contoso.example', role: 'manager' })];
    const world = { directory: { people: [person('Kim')] }, timely: { users } };
    expect(labels(world)).toEqual(['invite kim@contoso.example']);
  });
  test('with a removed user, who is reinstated', () => {
    expect(
      labels({ directory: { people }, timely: { users: [user(10, 'Ada', { removed: true })] } }),
    ).toEqual(['reinstate ada@contoso.example']);
  });
  test('with a present user before a removed one', () => {
    const users = [user(10, 'Ada', { removed: true }), user(11, 'Ada')];
    const [change] = planOf(worldWith({ directory: { people }, timely: { users } })).changes;
    expect(change).toMatchObject({ kind: 'link', subject: { timelyId: 11 } });
  });
  test('with no user, and invited', () => {
    expect(labels({ directory: { people }, timely: { users: [user(10, 'Bo')] } })).toEqual([
      'invite ada@contoso.example',
    ]);
  });
});

describe('a rehire with a new object id', () => {
  test('gets the present user, who is not removed', () => {
    const world = { directory: { people }, timely: { users: [user(10, 'Ada')] }, personLinks: [gone] };
    expect(labels(world)).toEqual(['link ada@contoso.example']);
  });
  test('reinstates the removed user', () => {
    const world = {
      directory: { people },
      timely: { users: [user(10, 'Ada', { removed: true })] },
      personLinks: [{ ...gone, state: 'removed' as const }],
    };
    const [change] = planOf(worldWith(world)).changes;
    expect(change).toMatchObject({ kind: 'reinstate', subject: { personId: 'id-ada', timelyId: 10 } });
    expect(change?.reason).toMatch(/^rehired: /);
  });
  test('is matched by the address of the link when Timely has another one', () => {
    const world = {
      directory: { people },
      timely: { users: [user(10, 'Ada', { email: 'private@home.example' })] },
      personLinks: [gone],
    };
    expect(labels(world)).toEqual(['link ada@contoso.example']);
  });
  test('gets the user of an account that is out of scope or disabled', () => {
    const old = person('Old', { name: 'Ada', enabled: false });
    const world = {
      directory: { people: [...people, old] },
      timely: { users: [user(10, 'Ada')] },
      personLinks: [gone],
    };
    expect(labels(world)).toEqual(['link ada@contoso.example']);
  });
  test('waits while a missing group leaves the scope of the first account in doubt', () => {
    const include = [{ email: ['ada@contoso.example'] }, { group: 'Renamed' }];
    const world = {
      rules: { scope: { include, exclude: [], guests: 'exclude' as const, guestDomains: [] } },
      directory: { people: [...people, person('Old')] },
      timely: { users: [user(10, 'Ada')] },
      personLinks: [gone],
    };
    expect(labels(world)).toEqual([
      'remove old@contoso.example (unresolved-group)',
      'invite ada@contoso.example (already-linked)',
    ]);
  });
  test('waits while an incomplete read does not prove that the first account left', () => {
    const world = {
      directory: { people, complete: false },
      timely: { users: [user(10, 'Ada')] },
      personLinks: [gone],
    };
    expect(labels(world)).toEqual([
      'remove ada@contoso.example (incomplete-read)',
      'invite ada@contoso.example (already-linked)',
    ]);
  });
});

describe('a person waits', () => {
  test('when the user is linked to another person in scope', () => {
    const world = {
      directory: { people: [...people, person('Old')] },
      timely: { users: [user(10, 'Ada')] },
      personLinks: [gone],
    };
    expect(labels(world)).toEqual(['invite ada@contoso.example (already-linked)']);
  });
  test('with all people of the same address, but not with others', () => {
    const twins = [person('Ada'), person('Ida', { mail: 'ADA@CONTOSO.example' }), person('Bo')];
    expect(labels({ directory: { people: twins } })).toEqual([
      'invite ADA@contoso.example (duplicate-email)',
      'invite ada@contoso.example (duplicate-email)',
      'invite bo@contoso.example',
    ]);
  });
  test('as a guest with a foreign contact address, without taking the match of its owner', () => {
    const impostor = guest('Mallory', { id: 'id-a-mallory', mail: 'ada@contoso.example' });
    const rules = {
      scope: {
        include: [{ everyone: true as const }],
        exclude: [],
        guests: 'include' as const,
        guestDomains: [],
      },
    };
    const world = {
      rules,
      directory: { people: [impostor, ...people] },
      timely: { users: [user(10, 'Ada')] },
    };
    expect(gated(worldWith(world)).map((change) => [labelWithHold(change), change.subject.timelyId])).toEqual(
      [
        ['invite ada@contoso.example (duplicate-email)', null],
        ['link ada@contoso.example', 10],
      ],
    );
  });
  test('as such a guest even after approval while another person has the address', () => {
    const impostor = guest('Mallory', { mail: 'ada@contoso.example' });
    const rules = {
      scope: {
        include: [{ everyone: true as const }],
        exclude: [],
        guests: 'include' as const,
        guestDomains: [],
      },
    };
    const world = worldWith({ rules, directory: { people: [impostor, ...people] } });
    const approved = new Set(planOf(world).changes.map(({ fingerprint }) => fingerprint));
    expect(gated(world, { approved }).map(labelWithHold).sort()).toEqual([
      'invite ada@contoso.example',
      'invite ada@contoso.example (duplicate-email)',
    ]);
  });
  test('as such a guest without keeping a leaver in Timely', () => {
    const impostor = guest('Mallory', { mail: 'ada@contoso.example' });
    const rules = {
      scope: {
        include: [{ everyone: true as const }],
        exclude: [],
        guests: 'include' as const,
        guestDomains: [],
      },
    };
    const world = {
      rules,
      directory: { people: [impostor] },
      timely: { users: [user(10, 'Ada')] },
      personLinks: [gone],
    };
    expect(labels(world)).toEqual([
      'remove ada@contoso.example',
      'link ada@contoso.example (identity-mismatch)',
    ]);
  });
  test('as a sensitive person, with the change of role too', () => {
    const roles = { default: 'employee', adopted: 'rules' as const, rules: [] };
    const timely = { users: [user(10, 'Ada', { role: 'admin' })] };
    expect(labels({ rules: { roles }, directory: { people }, timely })).toEqual([
      'link ada@contoso.example (sensitive)',
      'changeRole ada@contoso.example (sensitive)',
    ]);
  });
});

test('a person without a usable address causes a finding and no invitation', () => {
  const { changes, findings } = planOf(
    worldWith({ directory: { people: [person('Ada', { mail: null, userPrincipalName: 'ada' })] } }),
  );
  expect(changes.map(labelOf)).toEqual([]);
  expect(findings.map(({ kind, subject }) => [kind, subject])).toContainEqual(['no-email', 'ada']);
});

test('a name with a digit causes an invitation and a finding', () => {
  const { changes, findings } = planOf(worldWith({ directory: { people: [person('R2D2')] } }));
  expect(changes.map(labelOf)).toEqual(['invite r2d2@contoso.example']);
  expect(findings.map(({ kind }) => kind)).toContain('name-has-digits');
});
