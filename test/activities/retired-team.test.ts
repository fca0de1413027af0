/** What becomes of a team whose source is gone, once somebody has approved its end. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TeamLink } from '../../domain/link.ts';
import type { SyncRules } from '../../domain/rules.ts';
import { link, person, rulesWith, team, user, worldWith } from '../domain/world.ts';
import { openTestStore } from '../support/database.ts';
import { arrangeTenant, type TenantInProcess } from './tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** The sync put Ada (10) into the guild (50), whose group is gone; Cy (12) is in Timely by hand. */
async function arrange(patch: { origin?: TeamLink['origin']; manual?: SyncRules['teamMembers']['manual'] }) {
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

/** By hand, after the approval and before the cycle that it wakes. */
function cyJoins({ state }: TenantInProcess): void {
  const [guild] = state.teams;
  if (!guild) throw new Error('The guild is gone already.');
  const members = [...guild.users, { user_id: 12, lead: true, hide_hours: true }];
  state.setMembers(guild, members, { addToProjects: false, removeFromProjects: false });
}

const membersOf = ({ state }: TenantInProcess) =>
  state.teams.map(({ name, users }) => `${name}: ${users.map(({ user_id }) => user_id)}`);

test('one that the sync made is deleted', async () => {
  const tenant = await arrange({});
  expect((await tenant.cycle()).done).toEqual(['retireTeam Design Guild']);
  expect(membersOf(tenant)).toEqual([]);
});

test('one that somebody joined by hand since stays with them as they were, ours leave it, and an undo takes that back', async () => {
  const tenant = await arrange({});
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

test('one that somebody joined is deleted all the same where members by hand do not stay', async () => {
  const tenant = await arrange({ manual: 'remove' });
  cyJoins(tenant);
  await tenant.cycle();
  expect(membersOf(tenant)).toEqual([]);
});

test('a removed user whom Timely goes on listing keeps no team', async () => {
  const tenant = await arrange({});
  cyJoins(tenant);
  tenant.state.behaviour.removedMembers = 'stay';
  const cy = tenant.state.user(12);
  if (cy) tenant.state.remove(cy);
  await tenant.cycle();
  expect(membersOf(tenant)).toEqual([]);
});

test('one that was there before the sync is let go as it is', async () => {
  const tenant = await arrange({ origin: 'adopted' });
  await tenant.cycle();
  expect(membersOf(tenant)).toEqual(['Design Guild: 10']);
  expect((await tenant.cycle()).planned).toBe(0);
});
