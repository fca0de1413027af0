/** Removals after the point read that comes before each of them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createProvisionActivities } from '../../../activities/cycle/provision.ts';
import type { DirectoryEntry, DirectoryStream } from '../../../directory/source.ts';
import { DirectoryRound } from '../../../store/replica/directory-round.ts';
import {
  group,
  link,
  members,
  person,
  rulesWith,
  team,
  user,
  worldWith,
} from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { duringCycle } from '../support/during-cycle.ts';
import { arrangeTenant, type TenantInProcess } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** What the directory's stream of changes reports before the next cycle. */
async function round({ tenant }: TenantInProcess, stream: DirectoryStream, entry: DirectoryEntry) {
  await duringCycle(store.database, { tenant, cycle: 1_000 }, async (fence) => {
    const round = await DirectoryRound.begin(store.database, { ...fence, stream }, 'incremental');
    await round.stagePages([{ stream, entries: [entry], doubts: [], next: null, nextCursor: 'cursor' }], 1);
    await round.commit({ mode: 'merge', reasons: [], objects: 0 }, { scope: '', now: new Date() });
  });
}

test('removes a person who moved from an assigned group into one below it', async () => {
  const [assigned, below] = [group('Timely'), group('Interns')];
  const tenant = await arrangeTenant(
    store.database,
    worldWith({
      rules: {
        scope: { include: [{ assignedToApp: true }], exclude: [], guests: 'exclude', guestDomains: [] },
      },
      directory: {
        people: [person('Ada'), person('Bo')],
        groups: [assigned, below],
        memberships: [...members(assigned.id, below.id, 'id-bo'), ...members(below.id, 'id-ada')],
        appAssignments: [assigned.id],
      },
      timely: { users: [user(10, 'Ada'), user(11, 'Bo')] },
      personLinks: [link('Ada', 10), link('Bo', 11)],
    }),
  );
  expect((await tenant.cycle()).done).toEqual(['remove ada@contoso.example']);
});

test('removes a disabled person with the next cycle when a stale point read calls them live', async () => {
  const world = worldWith({
    directory: { people: [person('Ada', { enabled: false }), person('Bo')] },
    timely: { users: [user(10, 'Ada'), user(11, 'Bo')] },
    personLinks: [link('Ada', 10), link('Bo', 11)],
  });
  const tenant = await arrangeTenant(store.database, world);
  const { people } = world.directory;
  const disabled = people.splice(0, 1, person('Ada'));
  expect(await tenant.cycle()).toMatchObject({ planned: 1, done: [] });
  const { openProvision, planPerson } = createProvisionActivities(tenant.services);
  const key = await openProvision({ tenant: tenant.tenant, opening: 'provision' });
  expect(await planPerson({ key, person: 'Ada' })).toMatchObject({
    doubt: expect.stringContaining('one of them is behind'),
    changes: [],
  });
  people.splice(0, 1, ...disabled);
  expect((await tenant.cycle('incremental')).done).toEqual(['remove ada@contoso.example']);
});

test.each(['keep', 'remove'] as const)(
  'keeps the teams of a person who stays after all, as managed members (manual: %s)',
  async (manual) => {
    const guild = group('Guild');
    const world = worldWith({
      rules: {
        teams: [{ kind: 'group', group: 'Guild' }],
        teamMembers: { ...rulesWith().teamMembers, manual },
      },
      directory: {
        people: [person('Ada', { enabled: false }), person('Bo')],
        groups: [guild],
        memberships: members(guild.id, 'id-ada', 'id-bo'),
      },
      timely: { users: [user(10, 'Ada'), user(11, 'Bo')], teams: [team(50, 'Guild', 10, 11)] },
      personLinks: [link('Ada', 10), link('Bo', 11)],
      teamLinks: [
        {
          source: `group:${guild.id}`,
          timelyId: 50,
          origin: 'created',
          name: 'Guild',
          personIds: ['id-ada', 'id-bo'],
        },
      ],
    });
    const tenant = await arrangeTenant(store.database, world);
    const membersNow = () => tenant.state.teams.map(({ users }) => users.map(({ user_id }) => user_id));
    world.directory.people.splice(0, 1, person('Ada'));
    await tenant.cycle();
    expect(tenant.ledger.writes()).toEqual([]);
    expect(membersNow()).toEqual([[10, 11]]);

    const enabled = { type: 'person', id: 'id-ada', patch: { enabled: true } } as const;
    const moved = { type: 'member', groupId: guild.id, memberId: 'id-ada', memberKind: 'user' } as const;
    await round(tenant, 'users', enabled);
    await round(tenant, 'groups', { ...moved, removed: true });
    expect((await tenant.cycle('incremental')).done).toEqual(['setTeamMembers Guild']);
    expect(membersNow()).toEqual([[11]]);
  },
);
