/**
 * Every response that the datasheet leaves open (docs/reference/timely-api.md section 10), one after the other and
 * several at once: the same people join, leave, return and move, and Timely ends the same, with one mail each. The real
 * activities, no Temporal.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { type ErrorShape, errorShapes, type FaultSetting } from '../../../simulators/faults.ts';
import type { TimelyFault } from '../../../simulators/timely/faults.ts';
import type { TimelyBehaviour } from '../../../simulators/timely/objects.ts';
import { journalEntries } from '../../../store/schema/journal-tables.ts';
import { group, link, members, person, team, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { bothRates } from '../../support/rates.ts';
import { arrangeTenant, type TenantInProcess } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const guild = group('Guild');

/** Ada becomes a manager, Bo joins, Cy leaves, Di returns, Ed has been there; Zoe was put into the team by hand, and leads it. */
function company() {
  const law = { attributes: { department: 'Law' } };
  return worldWith({
    rules: {
      roles: { default: 'employee', adopted: 'keep', rules: [{ group: 'Managers', role: 'manager' }] },
      teams: [
        { kind: 'group', group: 'Guild' },
        { kind: 'department', department: '*' },
      ],
    },
    directory: {
      people: [
        person('Ada'),
        person('Bo'),
        person('Cy', { enabled: false }),
        person('Di', law),
        person('Ed', law),
      ],
      groups: [guild, group('Managers')],
      memberships: [...members(guild.id, 'id-ada', 'id-bo', 'id-cy'), ...members('group-managers', 'id-ada')],
    },
    timely: {
      users: [
        user(10, 'Ada'),
        user(12, 'Cy'),
        user(13, 'Di', { removed: true }),
        user(14, 'Ed'),
        user(15, 'Zoe'),
        user(16, 'Yan', { removed: true }),
      ],
      teams: [
        {
          ...team(50, 'Guild', 10, 12),
          members: [
            { userId: 15, lead: true, hideHours: true },
            { userId: 10, lead: false, hideHours: false },
            { userId: 12, lead: false, hideHours: false },
          ],
        },
        team(51, 'By hand', 15),
      ],
    },
    personLinks: [link('Ada', 10), link('Cy', 12), link('Di', 13, { state: 'removed' })],
    teamLinks: [
      {
        source: `group:${guild.id}`,
        timelyId: 50,
        name: 'Guild',
        origin: 'adopted',
        personIds: ['id-ada', 'id-cy'],
      },
    ],
  });
}

async function untilSettled(tenant: TenantInProcess): Promise<string[]> {
  const failed: string[] = [];
  for (let cycle = 1; cycle <= 8; cycle += 1) {
    const { planned, failed: now } = await tenant.cycle();
    failed.push(...now);
    if (planned === 0) return failed;
  }
  throw new Error('Something is planned again and again.');
}

function expectGoodEnd({ state, ledger }: TenantInProcess): void {
  const idOf = (name: string) => state.byEmail(`${name}@contoso.example`)?.id ?? 0;
  const roleOf = (name: string) => state.role(state.byEmail(`${name}@contoso.example`)?.role_id ?? 0)?.name;
  expect(state.present.map(({ email }) => email).sort()).toEqual(
    ['ada', 'bo', 'di', 'ed', 'the.owner', 'the.sync', 'zoe'].map((name) => `${name}@contoso.example`),
  );
  expect(['ada', 'bo', 'di', 'ed', 'zoe', 'the.owner'].map(roleOf)).toEqual([
    'manager',
    'employee',
    'employee',
    'employee',
    'employee',
    'admin',
  ]);
  const rows = (name: string) =>
    state.teams
      .filter((candidate) => candidate.name === name)
      .map(({ users }) =>
        users
          .filter(({ user_id }) => state.user(user_id)?.deleted === false)
          .map(({ user_id, lead, hide_hours }) => ({ user_id, lead, hide_hours }))
          .sort((one, other) => one.user_id - other.user_id),
      );
  const plain = (user_id: number) => ({ user_id, lead: false, hide_hours: false });
  const byId = <Row extends { user_id: number }>(all: Row[]) => all.sort((a, b) => a.user_id - b.user_id);
  const zoe = { user_id: 15, lead: true, hide_hours: true };
  expect(rows('Guild')).toEqual([byId([zoe, plain(10), plain(idOf('bo'))])]);
  expect(rows('By hand')).toEqual([[plain(15)]]);
  expect(rows('Law')).toEqual([byId([plain(14), plain(idOf('di'))])]);
  expect(state.mails.map(({ email }) => email).sort()).toEqual(['bo@contoso.example', 'di@contoso.example']);
  // When Timely does not show who is removed, a removal whose response was lost is sent again, which does no harm
  // (docs/reference/timely-api.md section 6).
  const repeatable = ['teams.update', ...(state.behaviour.userAnswers === 'bare' ? ['users.remove'] : [])];
  const effective = ledger
    .writes()
    .filter(({ status, faults }) => (status >= 200 && status < 300) || faults?.includes('responseLost'))
    .filter(({ operation }) => !repeatable.includes(operation))
    .map(({ operation, subject, write }) => `${operation} ${subject} ${JSON.stringify(write)}`);
  expect(effective).toEqual([...new Set(effective)]);
}

type SetFault = [name: TimelyFault, setting?: FaultSetting];
type Case = [what: string, behaviour: Partial<TimelyBehaviour>, faults?: SetFault[]];

const lostEverywhere = ['users.invite', 'users.update', 'users.remove', 'teams.create', 'teams.update'].map(
  (operation): SetFault => ['responseLost', { operation, times: 1 }],
);

const cases: Case[] = [
  ['nothing out of the ordinary', {}],
  ['windows of two rows', { pageCap: 2 }],
  ['windows of two rows that shift', { pageCap: 2 }, [['rowsShift']]],
  ['teams by page and per_page', { pageCap: 1, teamPaging: 'page and per_page' }],
  ['duplicates are refused', { duplicateEmail: 'refuse' }, lostEverywhere],
  ['whoever returns is another user', { reinvited: 'new id' }],
  ['whoever returns is another user, and answers are lost', { reinvited: 'new id' }, lostEverywhere],
  ['a second removal is fine', { secondDelete: 200 }, lostEverywhere],
  ['removed users are hidden', { removedUser: 403 }, lostEverywhere],
  ['removed users are shown', { removedUser: 200 }, lostEverywhere],
  ['the search knows names only', { userSearch: 'names' }, lostEverywhere],
  ['the search is not allowed', { userSearch: 'refused' }, lostEverywhere],
  ['teams are listed with ids alone', { teamLists: 'ids' }],
  ['teams are listed without members', { teamLists: 'nothing', teamUpdates: 'nothing' }],
  ['a team is updated with its members only', { teamUpdateNeeds: 'users' }],
  ['teams keep no external id', { teamExternalId: 'dropped' }],
  ['removed users stay in teams', { removedMembers: 'stay' }],
  ['users are told with what is always there', { userAnswers: 'bare' }],
  [
    'removed users are shown without being marked as removed',
    { userAnswers: 'bare', removedUser: 200 },
    lostEverywhere,
  ],
  [
    'a role is dropped from invitations',
    {},
    [['fieldsIgnored', { operation: 'users.invite', ignored: ['role_id'] }]],
  ],
  [
    'ids are dropped from invitations and teams',
    {},
    [
      ['fieldsIgnored', { operation: 'users.invite', ignored: ['external_id'] }],
      ['fieldsIgnored', { operation: 'teams.create', ignored: ['external_id', 'users'] }],
      ...lostEverywhere,
    ],
  ],
  [
    'names and addresses are dropped from updates',
    {},
    [['fieldsIgnored', { operation: 'users.update', ignored: ['name', 'email'] }]],
  ],
  [
    'all of it at once',
    {
      pageCap: 2,
      teamPaging: 'page and per_page',
      duplicateEmail: 'refuse',
      secondDelete: 200,
      removedUser: 200,
      userSearch: 'names',
      teamLists: 'ids',
      teamUpdates: 'nothing',
      teamUpdateNeeds: 'users',
      teamExternalId: 'dropped',
      userAnswers: 'bare',
      unauthorizedBody: 'error',
    },
    [
      ...lostEverywhere,
      ['rowsShift'],
      ['fieldsIgnored', { operation: 'users.invite', ignored: ['role_id', 'external_id'] }],
    ],
  ],
];

const atBothRates = <Case>(all: readonly Case[]) =>
  bothRates.flatMap((perSecond) => all.map((each) => ({ perSecond, each })));

/** Behaviours without faults take turns: the rate matters to what is tried again. */
const chosenCases = atBothRates(cases.map((each, place) => ({ each, place }))).filter(
  ({ each: { each, place }, perSecond }) =>
    each[2] !== undefined || perSecond === bothRates[place % bothRates.length],
);

test.each(
  chosenCases.map(
    ({
      perSecond,
      each: {
        each: [what, behaviour, faults = []],
      },
    }) => ({
      perSecond,
      what,
      behaviour,
      faults,
    }),
  ),
)('$what, at $perSecond a second', async ({ behaviour, faults, perSecond }) => {
  const tenant = await arrangeTenant(store.database, company(), perSecond);
  Object.assign(tenant.state.behaviour, behaviour);
  for (const [name, setting] of faults) tenant.faults.set(name, setting);
  expect(await untilSettled(tenant)).toEqual([]);
  expect(tenant.faults.unfired()).toEqual([]);
  expectGoodEnd(tenant);
});

/** Seats: Timely's response is unknown (docs/reference/timely-api.md section 2.4), in words or in numbers. */
const noSeat: [what: string, setting: FaultSetting, shape: ErrorShape | null][] = [
  ['422 with a message', {}, null],
  ['422 on a field', { fields: { seats: ['are all taken'] } }, null],
  ['402', { status: 402, fields: { message: ['Payment required'] } }, null],
  ['403', { status: 403 }, null],
  ...errorShapes.map((shape): (typeof noSeat)[number] => [`422 as ${shape}`, {}, shape]),
];

test.each(noSeat)(
  'tries one person in each cycle while seats are refused by %s, and all once there are seats',
  async (_what, setting, shape) => {
    const tenant = await arrangeTenant(store.database, company());
    tenant.faults.set('seatLimit', setting);
    if (shape) tenant.faults.set('errorShape', { shape });
    const asked = () =>
      tenant.ledger.entries().filter(({ operation }) => operation === 'users.invite').length;
    for (const times of [1, 2]) {
      expect((await tenant.cycle()).failed).toEqual([]);
      expect(asked()).toBe(times);
    }
    tenant.faults.clear();
    await untilSettled(tenant);
    expectGoodEnd(tenant);
  },
);

test.each(atBothRates(errorShapes))(
  'fails one person with the message of a refusal sent as $each, and goes on with all others, at $perSecond a second',
  async ({ each: shape, perSecond }) => {
    const tenant = await arrangeTenant(store.database, company(), perSecond);
    tenant.faults.set('rejectPerson', {
      subject: 'bo@contoso.example',
      fields: { name: ['has odd letters'] },
    });
    tenant.faults.set('errorShape', { shape });
    const { failed, done } = await tenant.cycle();
    expect(failed).toEqual([expect.stringMatching(/^invite bo@contoso\.example: .*has odd letters/)]);
    expect(done).toEqual(
      expect.arrayContaining(['reinstate di@contoso.example', 'remove cy@contoso.example']),
    );
    tenant.faults.clear();
    await untilSettled(tenant);
    expectGoodEnd(tenant);
  },
);

test('invites, removes and duplicates nothing when a list that ignores its start hides people', async () => {
  const tenant = await arrangeTenant(store.database, company());
  Object.assign(tenant.state.behaviour, { pageCap: 1 });
  tenant.faults.set('ignoreOffset');
  for (let cycle = 0; cycle < 3; cycle += 1) expect((await tenant.cycle()).failed).toEqual([]);
  expect(tenant.state.byEmail('cy@contoso.example')?.deleted).toBe(false);
  // Di was removed and is not seen, which proves nothing, so she waits for a complete read.
  expect(tenant.state.mails.map(({ email }) => email)).toEqual(['bo@contoso.example']);
  tenant.faults.clear();
  await untilSettled(tenant);
  expectGoodEnd(tenant);
});

test('links a person in the next cycle whose invitation is refused because a stale list hid them', async () => {
  const tenant = await arrangeTenant(store.database, company());
  tenant.state.behaviour.duplicateEmail = 'refuse';
  tenant.faults.set('rejectPerson', {
    subject: 'bo@contoso.example',
    fields: { email: ['has already been taken'] },
    times: 1,
  });
  tenant.faults.set('staleList', { operation: 'users.list', times: 6 });
  await tenant.cycle();
  const bo = tenant.state.addActive('Bo', 'bo@contoso.example', 'employee');
  await untilSettled(tenant);
  expect(tenant.state.byEmail('bo@contoso.example')).toBe(bo);
  expect(tenant.state.mailsTo('bo@contoso.example')).toBe(0);
});

test.each(bothRates)('keeps a replaced link in the journal, at %s a second', async (perSecond) => {
  const tenant = await arrangeTenant(store.database, company(), perSecond);
  tenant.state.behaviour.reinvited = 'new id';
  await untilSettled(tenant);
  const rows = await store.database
    .select()
    .from(journalEntries)
    .where(eq(journalEntries.tenant, tenant.tenant));
  expect(rows.find(({ kind }) => kind === 'reinstate')?.after).toEqual({
    role: 'employee',
    timelyId: tenant.state.byEmail('di@contoso.example')?.id,
    replaces: [{ personId: 'id-di', timelyId: 13, email: 'di@contoso.example', state: 'removed' }],
  });
});
