import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startWorld, type World } from '../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.startWorker();
}, 60_000);
afterAll(() => world.close());

test('first', async () => {
  const status = await world.start();
  console.log(status, world.present().length, world.present(), await world.approvals());
  console.log(world.writes().length);
  for (const t of world.sandbox.timely.state.teams) console.log(t.name, world.team(t.name));
}, 60_000);
