/** Changes of teams against a Timely that others write to as well. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TeamLink } from '../../../domain/people/link.ts';
import type { SyncRules } from '../../../domain/rules.ts';
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
import { arrangeTenant, type TenantInProcess } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** The sync put Ada (10) into the guild (50), whose group is gone; Cy (12) is in Timely by hand. */
async function arrangeGone(patch: {
  origin?: TeamLink['origin'];
  manual?: SyncRules['teamMembers']['manual'];
}) {
  const { origin = 'created', manual = 'keep' } = patch;
  const tenant = await arrangeTenant(
    store.database,
    worldWith({
      rules: { teamMembers: { ...rulesWith().teamMembers, manual } },
      directory: { people: [person('Ada')] },
      timely: { users: [user(10, 'Ada'), user(12, 'Cy')], teams: [team(50, 'Design Guild', 10)] },
      personLinks: [link('Ada', 10)],
      teamLinks: [
        { source: 'group:gone', timelyId: 50, origin, name: 'Design Guild', personIds: ['id-ada'] },
      ],
    }),
  );
  const { key } = await tenant.cycle();
  expect(await tenant.approveHeld(key)).toBe(1);
  return tenant;
}

/** By hand, between two cycles. */
function cyJoins({ state }: TenantInProcess): void {
  const [guild] = state.teams;
  if (!guild) throw new Error('The guild is gone already.');
  const rows = [...guild.users, { user_id: 12, lead: true, hide_hours: true }];
  state.setMembers(guild, rows, { addToProjects: false, removeFromProjects: false });
}

const membersOf = ({ state }: TenantInProcess) =>
  state.teams.map(({ name, users }) => `${name}: ${users.map(({ user_id }) => user_id)}`);

describe('a team whose source is gone, once its end is approved', () => {
  test('is deleted when the sync made it', async () => {
    const tenant = await arrangeGone({});
    expect((await tenant.cycle()).done).toEqual(['retireTeam Design Guild']);
    expect(membersOf(tenant)).toEqual([]);
  });

  test('keeps members who were added by hand, loses ours, and gets them back by an undo', async () => {
    const tenant = await arrangeGone({});
    cyJoins(tenant);
    const { done, number } = await tenant.cycle();
    expect(done).toEqual(['retireTeam Design Guild']);
    expect(tenant.state.teams[0]?.users).toEqual([
      expect.objectContaining({ user_id: 12, lead: true, hide_hours: true }),
    ]);
    expect((await tenant.cycle()).planned).toBe(0);
    expect((await tenant.undo(number)).failed).toEqual([]);
    expect(membersOf(tenant)).toEqual(['Design Guild: 12,10']);
  });

  test('is deleted with members who were added by hand when these do not stay', async () => {
    const tenant = await arrangeGone({ manual: 'remove' });
    cyJoins(tenant);
    await tenant.cycle();
    expect(membersOf(tenant)).toEqual([]);
  });

  test('is deleted when Timely still lists removed users only', async () => {
    const tenant = await arrangeGone({});
    cyJoins(tenant);
    tenant.state.behaviour.removedMembers = 'stay';
    const cy = tenant.state.user(12);
    if (cy) tenant.state.remove(cy);
    await tenant.cycle();
    expect(membersOf(tenant)).toEqual([]);
  });

  test('is let go as it is when it was there before the sync', async () => {
    const tenant = await arrangeGone({ origin: 'adopted' });
    await tenant.cycle();
    expect(membersOf(tenant)).toEqual(['Design Guild: 10']);
    expect((await tenant.cycle()).planned).toBe(0);
  });
});

/** Ada (10) is in the guild (50), whose group has another name by now; Bo (11) has come into the group. Cy (12) is in Timely by hand. */
function guildWorld(manual: SyncRules['teamMembers']['manual'] = 'keep') {
  const guild = group('Makers');
  return worldWith({
    rules: {
      teams: [{ kind: 'group', group: guild.id }],
      teamMembers: { ...rulesWith().teamMembers, manual },
    },
    directory: {
      people: [person('Ada'), person('Bo')],
      groups: [guild],
      memberships: members(guild.id, 'id-ada', 'id-bo'),
    },
    timely: {
      users: [user(10, 'Ada'), user(11, 'Bo'), user(12, 'Cy')],
      teams: [team(50, 'Design Guild', 10)],
    },
    personLinks: [link('Ada', 10), link('Bo', 11)],
    teamLinks: [
      {
        source: `group:${guild.id}`,
        timelyId: 50,
        origin: 'created',
        name: 'Design Guild',
        personIds: ['id-ada'],
      },
    ],
  });
}

test.each([50, 100])(
  'gives a team its new name and its new members in one cycle, at %s requests a second',
  async (perSecond) => {
    const tenant = await arrangeTenant(store.database, guildWorld(), perSecond);
    const { done } = await tenant.cycle();
    expect(done).toEqual(['renameTeam Design Guild', 'setTeamMembers Design Guild']);
    expect(membersOf(tenant)).toEqual(['Makers: 10,11']);
    expect((await tenant.cycle()).planned).toBe(0);
  },
);

test('takes out no member before a plan has seen them', async () => {
  const tenant = await arrangeTenant(store.database, guildWorld('remove'));
  expect((await tenant.cycle('full', () => cyJoins(tenant))).done).toEqual(['renameTeam Design Guild']);
  expect(membersOf(tenant)).toEqual(['Makers: 10,12']);
  expect((await tenant.cycle()).done).toEqual(['setTeamMembers Makers']);
  expect(membersOf(tenant)).toEqual(['Makers: 10,11']);
});
