import { describe, expect, test } from '@jest/globals';
import type { DirectorySnapshot, Person } from '../../../domain/people/directory.ts';
import { buildMembershipIndex } from '../../../domain/people/membership.ts';
import { relevantGroupIds, scopeVerdicts, verdictFromPointRead } from '../../../domain/people/scope.ts';
import type { ScopeVerdict } from '../../../domain/people/verdict.ts';
import type { SyncRules } from '../../../domain/rules.ts';
import { group, guest, members, now, person, worldWith } from '../support/world.ts';

type Scope = Partial<SyncRules['scope']>;

function scopeOf(scope: Scope, directory: Partial<DirectorySnapshot>, at = now) {
  const world = worldWith({
    rules: { scope: { include: [], exclude: [], guests: 'exclude', guestDomains: [], ...scope } },
    directory,
  });
  const index = buildMembershipIndex(world.directory);
  return scopeVerdicts({ rules: world.rules, now: at, directory: world.directory, index });
}

function verdictOf(
  scope: Scope,
  one: Person,
  directory: Partial<DirectorySnapshot> = {},
  at = now,
): ScopeVerdict {
  const [verdict] = scopeOf(scope, { people: [one], ...directory }, at).verdicts;
  if (!verdict) throw new Error('no verdict');
  return verdict;
}

const [users, design, robots] = [group('Timely Users'), group('Design Guild'), group('Robots')];
const nested = {
  groups: [users, design, robots],
  memberships: [...members(users.id, design.id), ...members(design.id, 'id-ada')],
};

describe('a person is included', () => {
  test.each<[string, Scope['include'], Partial<Person>, string | null]>([
    [
      'by a group, nested groups included',
      [{ group: ' timely USERS' }],
      {},
      'scope.include 1: in group "Timely Users" > "Design Guild"',
    ],
    [
      'by any of several departments',
      [{ department: ['Sales', 'design '] }],
      { attributes: { department: ' Design' } },
      'scope.include 1: department "design"',
    ],
    [
      'not by another department',
      [{ department: ['Sales'] }],
      { attributes: { department: 'Design' } },
      null,
    ],
    [
      'by the domain of the address',
      [{ emailDomain: ['CONTOSO.example'] }],
      {},
      'scope.include 1: domain "CONTOSO.example"',
    ],
    [
      'not by a longer domain',
      [{ emailDomain: ['contoso.example'] }],
      { mail: 'ada@evil-contoso.example' },
      null,
    ],
    [
      'by address',
      [{ email: ['ADA@contoso.example'] }],
      {},
      'scope.include 1: address "ADA@contoso.example"',
    ],
    [
      'by all of several other attributes',
      [{ where: { employeeType: ['Contractor'], companyName: ['Northwind'] } }],
      { attributes: { employeeType: 'contractor', companyName: 'northwind' } },
      'scope.include 1: employeeType "Contractor" and companyName "Northwind"',
    ],
    [
      'not when one of several conditions fails',
      [{ group: 'Timely Users', department: ['Sales'] }],
      { attributes: { department: 'Design' } },
      null,
    ],
    [
      'by the second line when the first does not match',
      [{ department: ['Sales'] }, { everyone: true }],
      {},
      'scope.include 2: everyone',
    ],
    [
      'by an extension attribute',
      [{ where: { extensionAttribute1: ['blue'] } }],
      { attributes: { extensionAttribute1: 'Blue' } },
      'scope.include 1: extensionAttribute1 "blue"',
    ],
    ['not by what every object of JavaScript has', [{ where: { constructor: ['x'] } }], {}, null],
    ['not by a rule without conditions', [{}], {}, null],
  ])('%s', (_, include = [], patch, reason) => {
    const verdict = verdictOf({ include }, person('Ada', patch), nested);
    expect(verdict.inScope ? verdict.reason : null).toBe(reason);
  });

  test('on the first and on the last day of the account', () => {
    const today = now.slice(0, 10);
    const ada = person('Ada', { validFrom: today, validTo: today });
    expect(verdictOf({ include: [{ everyone: true }] }, ada, nested).code).toBe('included');
  });

  test('and blocked while nobody has verified the address', () => {
    const ada = person('Ada', { isMailUnverified: true });
    const verdict = verdictOf({ include: [{ everyone: true }] }, ada, nested);
    expect(verdict).toMatchObject({ inScope: true, blocked: 'unverified-email' });
  });

  test('by the application only when assigned directly or by a direct group', () => {
    const scope: Scope = { include: [{ assignedToApp: true }] };
    const codes = ['id-ada', design.id, users.id, robots.id].map(
      (assigned) => verdictOf(scope, person('Ada'), { ...nested, appAssignments: [assigned] }).code,
    );
    expect(codes).toEqual(['included', 'included', 'no-rule', 'no-rule']);
  });

  test('with the role of the first matching line that names one', () => {
    const include = [
      { everyone: true as const },
      { group: 'Robots', role: 'admin' },
      { group: 'Timely Users', role: 'manager' },
    ];
    expect(verdictOf({ include }, person('Ada'), nested)).toMatchObject({ ruleIndex: 0, role: 'manager' });
  });
});

describe('a person is out of scope', () => {
  const everyone = [{ everyone: true as const }];
  test.each<[string, Scope, Person, ScopeVerdict['code']]>([
    [
      'when an exclude line matches, under any include line',
      { include: everyone, exclude: [{ group: 'Timely Users' }] },
      person('Ada'),
      'excluded',
    ],
    ['when disabled', { include: everyone }, person('Ada', { enabled: false }), 'disabled'],
    ['as a guest', { include: everyone }, guest('Bo'), 'guest-not-allowed'],
    [
      'as a guest when the line leaves out guests, although the default includes them',
      { include: [{ everyone: true, guests: false }], guests: 'include' },
      guest('Bo'),
      'guest-not-allowed',
    ],
    [
      'as a guest whose invitation is pending',
      { include: everyone, guests: 'include' },
      guest('Bo', { invitation: 'pending' }),
      'guest-not-accepted',
    ],
    [
      'as an external member whose invitation is pending',
      { include: everyone },
      guest('Bo', { kind: 'member', invitation: 'pending' }),
      'guest-not-accepted',
    ],
    [
      'after the last day of the account',
      { include: everyone },
      person('Ada', { validTo: '2001-12-31' }),
      'disabled',
    ],
    [
      'before the first day of the account',
      { include: everyone },
      person('Ada', { validFrom: '2999-01-01' }),
      'disabled',
    ],
    [
      'as a kind that never comes in, whatever line fits',
      { include: everyone, guests: 'include' },
      guest('Cora', { otherKind: 'customer' }),
      'other-kind',
    ],
    ['as an AI agent', { include: everyone }, person('Ada', { isAgent: true }), 'agent'],
    [
      'as an AI agent that a line names',
      { include: [{ email: ['ada@contoso.example'] }], guests: 'include' },
      guest('Ada', { isAgent: true, mail: 'ada@contoso.example' }),
      'agent',
    ],
    ['when no rule fits', { include: [{ department: ['Sales'] }] }, person('Ada'), 'no-rule'],
  ])('%s', (_, scope, one, code) => {
    expect(verdictOf(scope, one, nested)).toMatchObject({ inScope: false, code });
  });
});

describe('a guest', () => {
  const scope: Scope = { include: [{ emailDomain: ['partner.example'], guests: true }] };
  test('is judged by the home domain', () => {
    const verdict = verdictOf(scope, guest('Bo'));
    expect(verdict).toMatchObject({ inScope: true, code: 'included' });
    expect(verdict.blocked).toBeUndefined();
  });
  test('with a contact address of another domain is blocked', () => {
    expect(verdictOf(scope, guest('Bo', { mail: 'bo@contoso.example' }))).toMatchObject({
      inScope: true,
      blocked: 'identity-mismatch',
    });
  });
  test('is not included by the domain of the contact address', () => {
    expect(
      verdictOf(
        { include: [{ emailDomain: ['contoso.example'], guests: true }] },
        guest('Bo', { mail: 'bo@contoso.example' }),
      ).code,
    ).toBe('no-rule');
  });
  test.each([
    ['signed up without an invitation', guest('Bo', { invitation: null })],
    [
      'has an account of the tenant itself',
      guest('Bo', {
        invitation: null,
        userPrincipalName: 'bo@contoso.example',
        mail: 'bo@contoso.example',
      }),
    ],
  ])('is included when the guest %s', (_, one) => {
    const verdict = verdictOf({ include: [{ everyone: true }], guests: 'include' }, one);
    expect(verdict).toMatchObject({ inScope: true, code: 'included' });
    expect(verdict.blocked).toBeUndefined();
    expect(verdictOf({ include: [{ everyone: true }] }, one).code).toBe('guest-not-allowed');
  });
  test('is included when the default includes guests', () => {
    expect(verdictOf({ include: [{ everyone: true }], guests: 'include' }, guest('Bo')).inScope).toBe(true);
  });
});

test.each([
  ['2026-11-23T00:00:00.000Z', true],
  ['2026-11-23T23:59:59.999Z', true],
  ['2026-11-24T00:00:00.000Z', false],
])('a rule until 2026-11-23 at %s holds: %s', (at, inScope) => {
  expect(
    verdictOf({ include: [{ everyone: true, until: '2026-11-23' }] }, person('Ada'), {}, at).inScope,
  ).toBe(inScope);
});

describe('the findings', () => {
  test('name a line that matches no person, but not one that has ended', () => {
    const include = [
      { everyone: true as const },
      { department: ['Sales'] },
      { department: ['Law'], until: '2020-01-01' },
    ];
    const { findings, verdicts } = scopeOf({ include }, { people: [person('Ada')] });
    expect(findings.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      'rule-matches-nobody scope.include 2',
    ]);
    expect(verdicts.map(({ doubt }) => doubt)).toEqual([undefined]);
  });
  test('name missing and ambiguous groups, which put people out of scope in doubt', () => {
    const include = [{ group: 'Nobody', department: ['Law'] }, { department: ['Design'] }];
    const scope: Scope = { include, exclude: [{ group: 'Twin' }] };
    const inLaw = { attributes: { department: 'Law' } };
    const result = scopeOf(scope, {
      people: [person('Ada'), person('Bo', inLaw), person('Cy', inLaw), person('Di', { enabled: false })],
      memberships: members('group-b', 'id-cy'),
      groups: [group('Twin', 'group-a'), group('twin', 'group-b')],
    });
    expect(result.findings.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      'missing-group Nobody',
      'ambiguous-group Twin',
      'rule-matches-nobody scope.include 2',
    ]);
    expect(result.verdicts.map(({ code, doubt }) => [code, doubt?.split(' names')[0]])).toEqual([
      ['no-rule', undefined],
      ['no-rule', 'scope.include 1'],
      ['excluded', 'scope.exclude 1'],
      ['disabled', undefined],
    ]);
  });
  test('an ambiguous group includes no person and excludes the members of each', () => {
    const directory = {
      groups: [group('Twin', 'group-a'), group('twin', 'group-b')],
      memberships: members('group-b', 'id-ada'),
    };
    expect(verdictOf({ include: [{ group: 'Twin' }] }, person('Ada'), directory).code).toBe('no-rule');
    expect(
      verdictOf({ include: [{ everyone: true }], exclude: [{ group: 'Twin' }] }, person('Ada'), directory)
        .code,
    ).toBe('excluded');
  });
});

describe('a point read of one person before a removal', () => {
  const rules = worldWith({
    rules: {
      scope: {
        include: [{ group: 'Timely Users' }, { assignedToApp: true }],
        exclude: [{ group: 'Robots' }],
        guests: 'exclude',
        guestDomains: [],
      },
    },
  }).rules;
  const world = { rules, now, groups: nested.groups, appAssignments: [design.id, 'id-cy'] };
  const ask = (groupIds: string[], one: Person | null = person('Ada'), directGroupIds = groupIds) =>
    verdictFromPointRead(
      { personId: one?.id ?? 'id-ada', person: one, groupIds, directGroupIds, timelyEmail: null },
      world,
    ).code;

  test('follows the groups of the read', () => {
    expect([ask([users.id]), ask([users.id, robots.id]), ask([]), ask([design.id])]).toEqual([
      'included',
      'excluded',
      'no-rule',
      'included',
    ]);
  });
  test('counts a group assigned to the application for its direct members only', () => {
    expect(ask([design.id], person('Ada'), [])).toBe('no-rule');
  });
  test('keeps a directly assigned person, and finds gone and disabled ones', () => {
    expect([
      ask([], person('Cy')),
      ask([users.id], null),
      ask([users.id], person('Ada', { enabled: false })),
    ]).toEqual(['included', 'deleted', 'disabled']);
  });
  test('needs the groups of the rules and those assigned to the application', () => {
    expect(relevantGroupIds(rules, nested.groups, world.appAssignments)).toEqual([
      design.id,
      robots.id,
      users.id,
    ]);
    expect(relevantGroupIds(worldWith({}).rules, nested.groups, world.appAssignments)).toEqual([]);
  });
});
