/** Any employee may make a group that fits a pattern: which teams it may take over from a group that is gone. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TeamRule } from '../../../domain/rules.ts';
import { loadTeamLinks } from '../../../store/planning/team-links.ts';
import { group, link, members, person, team, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { replaceDirectory } from '../support/replace-directory.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const names = ['Ada', 'Bo', 'Cy'];
const teams: TeamRule[] = [
  { kind: 'group', group: 'Board' },
  { kind: 'groupsNamed', pattern: 'Timely - *', name: '$1' },
];

/** Ada is in the group `first`, which has its team after the first cycle. Then it is gone, and Cy makes `Timely - Board`. */
async function afterReplacing(first: string, existing = [team(50, 'Guild', 11)]) {
  const former = group(first, 'group-first');
  const world = worldWith({
    rules: { teams },
    directory: {
      people: names.map((name) => person(name)),
      groups: [former],
      memberships: members(former.id, 'id-ada'),
    },
    timely: { users: names.map((name, index) => user(10 + index, name)), teams: existing },
    personLinks: names.map((name, index) => link(name, 10 + index)),
  });
  const tenant = await arrangeTenant(store.database, world);
  await tenant.cycle();
  const next = group('Timely - Board', 'group-next');
  await replaceDirectory(store.database, tenant.tenant, {
    groups: [next],
    memberships: members(next.id, 'id-cy'),
  });
  const { done } = await tenant.cycle();
  const board = tenant.state.teams.find(({ name }) => name === 'Board');
  const links = await loadTeamLinks(store.database, tenant.tenant);
  return {
    done,
    members: board?.users.map(({ user_id }) => user_id),
    sources: links.map((each) => each.source),
  };
}

test('a team of a group that the same pattern found passes on at once', async () => {
  expect(await afterReplacing('Timely - Board')).toEqual({
    done: ['setTeamMembers Board'],
    members: [12],
    sources: ['group:group-next'],
  });
});

test.each([
  ['made', [], [10]],
  ['adopted', [team(50, 'Board', 11)], [11, 10]],
])('a team that was %s for a group that a line names does not', async (_, existing, members) => {
  expect(await afterReplacing('Board', existing)).toEqual({
    done: [],
    members,
    sources: ['group:group-first'],
  });
});
