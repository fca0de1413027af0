/** Approvals whose workflow is ended by hand, or that expire while no worker runs. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decideUpdate } from '../../../workflows/messages.ts';
import { stopProcess } from '../../support/program.ts';
import { startWorld, until, type World } from '../../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.startWorker();
  await world.start();
}, 90_000);
afterAll(() => world.close());

test('restarts an approval workflow that was ended by hand, after the next whole read', async () => {
  world.sandbox.microsoft.state.join({
    displayName: 'Ida Falk',
    department: 'Design',
    groups: ['Executives'],
  });
  await world.cycle();
  const { id } = await world.approvalOf('ida.falk@contoso.example');
  await world.approvalHandle(id).terminate('by mistake');
  await world.cycle({ full: true });
  await world
    .approvalHandle(id)
    .executeUpdate(decideUpdate, { args: [{ decision: 'approve', by: 'it-lead' }] });
  await until('Ida to be in', async () => world.present().includes('ida.falk@contoso.example') || null);
});

test('expires an approval while no worker runs, without a new one', async () => {
  await world.configure((text) => text.replace('expireAfter: 7d', 'expireAfter: 5s'));
  const { state } = world.sandbox.microsoft;
  state.join({ displayName: 'Rex Stern', department: 'Design', groups: ['Executives'] });
  await world.cycle();
  const { id } = await world.approvalOf('rex.stern@contoso.example');
  // Stopped, not killed: a killed worker keeps its workflows for ten seconds more.
  await Promise.all([...world.workers].map((worker) => stopProcess(worker, 'stop')));
  await world.startWorker();
  expect(await world.approvalHandle(id).result()).toEqual({ state: 'expired' });
  await world.cycle({ full: true });
  expect((await world.approvals()).flatMap(({ subjects }) => subjects)).not.toContain(
    'rex.stern@contoso.example',
  );
  expect(world.present()).not.toContain('rex.stern@contoso.example');
}, 60_000);
