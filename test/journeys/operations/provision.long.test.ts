/** More of `provision`. One running tenant after its first cycle. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ProvisionReport } from '../../../domain/contract/provision.ts';
import { commandsFor } from '../../support/commands.ts';
import { startWorld, type World } from '../../support/world.ts';

let world: World;
let commands: ReturnType<typeof commandsFor>;

beforeAll(async () => {
  world = await startWorld();
  await world.startWorker();
  await world.start();
  commands = commandsFor(world);
}, 90_000);
afterAll(async () => {
  commands.release();
  await world.close();
});

const provision = (person: string) => commands.json<ProvisionReport>('provision', world.tenant, person);
const steps = ({ steps }: ProvisionReport) => steps.map(({ change, status }) => `${change} ${status}`);

test('moves a mover and removes a leaver', async () => {
  const { state } = world.sandbox.microsoft;
  state.change('Hana Sato', { department: 'Engineering' });
  const moved = await provision('Hana Sato');
  expect(moved.exitCode).toBe(0);
  expect(world.team('Engineering')).toContain('hana.sato@contoso.example');
  expect(world.team('Design')).not.toContain('hana.sato@contoso.example');
  // The next whole cycle would remove the leaver as well.
  await world.untilCycle(moved.document.cycle);
  state.change('Grace Hall', { accountEnabled: false });
  const { document } = await provision('grace.hall@contoso.example');
  expect(steps(document)[0]).toBe('remove done');
  expect(world.present()).not.toContain('grace.hall@contoso.example');
});

test('changes nothing for a person who is in step', async () => {
  const writes = world.writes().length;
  const { exitCode, document } = await provision('Bao Nguyen');
  expect({ exitCode, steps: document.steps }).toEqual({ exitCode: 0, steps: [] });
  expect(world.writes()).toHaveLength(writes);
});

test('waits for the running cycle, and invites once', async () => {
  const { state } = world.sandbox.microsoft;
  world.sandbox.timely.faults.set('latency', { operation: 'users.*', milliseconds: 300 });
  const names = ['Ada Quick', 'Bea Quick', 'Cid Quick'];
  for (const displayName of names) state.join({ displayName, department: 'Design' });
  const cycle = world.cycle();
  const reports = await Promise.all(names.map((name) => provision(name)));
  await cycle;
  world.sandbox.timely.faults.clear();
  expect(reports.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  for (const name of names) {
    const email = `${name.toLowerCase().replace(' ', '.')}@contoso.example`;
    expect(world.present()).toContain(email);
    expect(world.sandbox.timely.state.mailsTo(email)).toBe(1);
  }
});
