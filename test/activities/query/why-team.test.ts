/** `why` of teams that no link is for yet, or that no line of `teams` asks for. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { whyOf } from '../../../activities/query/why.ts';
import { whyText } from '../../../client/render/why-text.ts';
import { group, link, members, person, team, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant, type TenantInProcess } from '../support/tenant-in-process.ts';

const board = group('Timely - Board', 'group-board');

let store: Awaited<ReturnType<typeof openTestStore>>;
let tenant: TenantInProcess;

/** The team Board was made by hand, and a pattern asks for it; nothing asks for the team Guild. */
beforeAll(async () => {
  store = await openTestStore();
  const world = worldWith({
    rules: {
      teams: [
        { kind: 'groupsNamed', pattern: 'Timely - *', name: '$1' },
        { kind: 'department', department: 'Design' },
      ],
    },
    directory: {
      people: [person('Ada'), person('Bo', { attributes: { department: 'Design' } })],
      groups: [board],
      memberships: members(board.id, 'id-ada'),
    },
    timely: {
      users: [user(10, 'Ada'), user(11, 'Bo')],
      teams: [team(50, 'Board', 11), team(51, 'Guild', 11)],
    },
    personLinks: [link('Ada', 10), link('Bo', 11)],
  });
  tenant = await arrangeTenant(store.database, world);
  await tenant.cycle();
});
afterAll(() => store.close());

async function why(text: string) {
  const answer = await whyOf(tenant.services, tenant.tenant, text);
  if (answer?.kind !== 'team') throw new Error(`"${text}" means no one team: ${JSON.stringify(answer)}`);
  return answer;
}

test.each(['Board', 'Timely - Board', `group:${board.id}`, '50'])(
  'says that a team waits for its adoption when asked for %s',
  async (text) => {
    const answer = await why(text);
    expect(answer).toMatchObject({
      source: `group:${board.id}`,
      timelyId: 50,
      rule: 'teams 1: groups named "Timely - *"',
      origin: null,
      waiting: [{ change: 'setTeamMembers', status: 'held', hold: { rule: 'adopts-team' } }],
    });
    expect(whyText(answer, 120)).toContain('team 50, not adopted yet');
  },
);

test('says of a team that nothing asks for that it is left alone', async () => {
  const answer = await why('Guild');
  expect(answer).toMatchObject({ source: null, timelyId: 51, rule: null, waiting: [] });
  expect(answer.next).toBe('Nothing: the sync leaves it alone, because no line of teams asks for it.');
});

test('names one team when the plan makes a team again that was deleted in Timely', async () => {
  const made = tenant.state.teams.find(({ name }) => name === 'Design');
  if (made) tenant.state.deleteTeam(made);
  // Its making fails, so it stays in the plan.
  tenant.faults.set('rejectPerson', { operation: 'teams.create', times: 10 });
  await tenant.cycle();
  expect(await why('Design')).toMatchObject({
    source: 'department:design',
    rule: 'teams 2: department "Design"',
  });
});
