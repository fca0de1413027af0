/** A tenant of SAP from the first cycle on: who leaves in whatever way is out of Timely after the next incremental cycle. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startWorld, type World } from '../../support/world.ts';

let world: World;
const ways = [
  'Ends Membership',
  'Becomes Inactive',
  'Passes Lastday',
  'Gets Deleted',
  'Gets Blocked',
] as const;
const addressOf = (name: string) => `${name.toLowerCase().replace(' ', '.')}@contoso.example`;

beforeAll(async () => {
  world = await startWorld({
    tenantFile: join(import.meta.dirname, '..', '..', '..', 'tenants', 'contoso-sap.yaml'),
    editFile: (text) =>
      text
        .replace('host: contoso', 'requestsPerMinute: 60000\n  host: contoso')
        .replace('percent: 10, windowDays', 'percent: 100, windowDays'),
  });
  const { sap, timely } = world.sandbox;
  timely.state.account.seats = 1_000;
  sap.options.rates = null;
  for (const displayName of ways) sap.state.join({ displayName, groups: ['Timely Users'] });
  await world.startWorker();
}, 120_000);
afterAll(() => world.close());

test('brings in the people of the company, and lets go of whoever leaves', async () => {
  expect(await world.start()).toMatchObject({ finishedCycle: 1 });
  expect(world.present()).toEqual(expect.arrayContaining(ways.map(addressOf)));
  expect(world.present()).not.toContain(addressOf('Cora Customer'));
  const { state } = world.sandbox.sap;
  const [member, inactive, past, deleted, blocked] = ways;
  state.removeFromGroup(member, 'Timely Users');
  state.setEnabled(inactive, false);
  state.change(past, { validTo: new Date(Date.now() - 86_400_000).toISOString().slice(0, 10) });
  state.purge(deleted);
  state.leave(blocked);
  await world.cycle();
  expect(world.present().filter((address) => ways.map(addressOf).includes(address))).toEqual([]);
  expect(world.present()).toContain('grace.hall@contoso.example');
}, 120_000);
