import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decideUpdate, tenantWorkflowId } from '../../../workflows/messages.ts';
import { startWorld, until, type World } from '../../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.startWorker();
  await world.start();
}, 90_000);
afterAll(() => world.close());

test('a tenant continues from the store, with its open approvals, when Temporal loses all data', async () => {
  const writes = world.writes().length;
  const before = await world.approvals();
  for (const { id } of before) await world.approvalHandle(id).terminate('lost');
  await world.client.workflow.getHandle(tenantWorkflowId(world.tenant)).terminate('lost');

  await world.configure();
  await until('a cycle', async () => ((await world.status()).finishedCycle > 1 ? true : null));
  await world.cycle({ full: true });
  expect(world.writes().slice(writes)).toEqual([]);
  expect((await world.approvals()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));

  const { id } = await world.approvalOf('henrik.lund@contoso.example');
  await world
    .approvalHandle(id)
    .executeUpdate(decideUpdate, { args: [{ decision: 'approve', by: 'it-lead@contoso.example' }] });
  await until(
    'Henrik in Timely',
    async () => world.present().includes('henrik.lund@contoso.example') || null,
  );
}, 60_000);
