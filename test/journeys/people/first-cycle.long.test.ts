import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startWorld, type World } from '../../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.startWorker();
}, 60_000);
afterAll(() => world.close());

test('the first cycle brings fifty people in, with at most one mail each', async () => {
  const status = await world.start();
  expect(status).toMatchObject({ health: 'ok', stage: 'waiting', finishedCycle: 1 });
  const { state } = world.sandbox.timely;
  const managed = world.present().filter((email) => state.byEmail(email)?.external_id !== null);
  // Users from before the sync have no external id. Lena, one of the fifty, is linked.
  expect(managed).toHaveLength(49);
  expect(world.present()).toContain('lena.fischer@contoso.example');
  for (const email of world.present()) expect(state.mailsTo(email)).toBeLessThanOrEqual(1);
}, 60_000);

test('the first cycle keeps people added by hand, their team, its lead and hidden hours', () => {
  const { state } = world.sandbox.timely;
  const guild = state.teams.find(({ name }) => name === 'Design Guild');
  const member = (email: string) => guild?.users.find(({ user_id }) => state.user(user_id)?.email === email);
  expect(member('lena.fischer@contoso.example')).toMatchObject({ lead: true });
  expect(member('frida@studio-lang.example')).toMatchObject({ hide_hours: true });
  expect(member('tom@baker-illustration.example')).toMatchObject({ lead: false, hide_hours: false });
});

test('further cycles write nothing', async () => {
  const writes = world.writes().length;
  const requests = world.sandbox.timely.ledger.last;
  await world.cycle();
  expect(world.sandbox.timely.ledger.last - requests).toBeLessThanOrEqual(5);
  await world.cycle({ full: true });
  expect(world.writes().slice(writes)).toEqual([]);
});
