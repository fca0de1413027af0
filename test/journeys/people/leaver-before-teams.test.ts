/** A person leaves a team of a thousand people: they are removed first, and the next cycle plans the team on its own. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { storePersonLinks } from '../../../bench/plan/plan-store.ts';
import { fillCompany } from '../../../bench/scale/scale-company.ts';
import { withoutLimits } from '../../../bench/support/tenant-files.ts';
import type { PersonLink } from '../../../domain/people/link.ts';
import { closeDatabase, type Database, openDatabase } from '../../../store/database.ts';
import { cycleRow } from '../../../store/planning/cycles.ts';
import { startWorld, type World } from '../../support/world.ts';

const people = 1_010;
const company = {
  people,
  groups: 10,
  memberships: 2 * people,
  inScope: people,
  inTimely: people,
  seed: 'teams',
};
const leaver = 'Person bc';
const mover = 'Person bd';

let world: World;
let database: Database;
let links: PersonLink[] = [];

const countsOf = async (cycle: number) => (await cycleRow(database, world.tenant, cycle))?.counts;

beforeAll(async () => {
  world = await startWorld({
    editFile: (text) =>
      withoutLimits
        .reduce((edited, [from, to]) => edited.replace(from, to), text)
        .replace(/requestsPerSecond: \d+/, 'requestsPerSecond: 1000'),
    company(microsoft, timely) {
      timely.account.seats = 2 * people;
      links = fillCompany(microsoft, timely, company);
      for (const { personId } of links) microsoft.user(personId).properties.department = 'Design';
    },
  });
  database = await openDatabase(world.databaseUrl);
  await storePersonLinks(database, world.tenant, links);
  await world.startWorker();
  await world.start();
  // What the first cycle made of the team is read once more.
  await world.cycle();
}, 120_000);
afterAll(async () => {
  await closeDatabase(database);
  await world.close();
});

test('the cycle of the removal leaves the team alone, and the next one comes without a request', async () => {
  const email = `${leaver.toLowerCase().replace(' ', '.')}@contoso.example`;
  expect(world.team('Design')).toContain(email);
  const { state } = world.sandbox.microsoft;
  state.leave(leaver);
  state.change(mover, { department: 'Engineering' });
  const { finishedCycle } = await world.cycle();
  expect(await countsOf(finishedCycle)).toMatchObject({
    inScope: people - 1,
    removed: 1,
    teamMembersChanged: 0,
    teamsCreated: 0,
  });
  expect(world.present()).not.toContain(email);
  const { cycle, nextCycleAt } = await world.untilCycle(finishedCycle);
  expect(await countsOf(cycle)).toMatchObject({
    inScope: people - 1,
    removed: 0,
    teamMembersChanged: 1,
    teamsCreated: 1,
  });
  expect(world.team('Design')).toHaveLength(people - 2);
  // And nothing more is in a hurry.
  expect(Date.parse(nextCycleAt ?? '') - Date.now()).toBeGreaterThan(60_000);
}, 60_000);
