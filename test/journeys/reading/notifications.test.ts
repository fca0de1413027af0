/** A tenant that polls once an hour, so that faster cycles come from Microsoft's notifications. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { choosePort } from '../../../client/local/ports.ts';
import { stopSignal, tenantWorkflowId } from '../../../workflows/messages.ts';
import { startWorld, until, type World } from '../../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({ editFile: (text) => text.replace('every: 5m', 'every: 1h') });
  const port = await choosePort(world.folder, 'worker');
  world.variables.TIMELY_SYNC_HEALTH_PORT = String(port);
  world.variables.TIMELY_SYNC_PUBLIC_URL = `http://127.0.0.1:${port}/notifications`;
  await world.startWorker();
  await world.start();
}, 90_000);
afterAll(() => world.close());

const directory = () => world.sandbox.microsoft.state;
const untilGone = (email: string) =>
  until(`${email} out of Timely`, async () => !world.present().includes(email) || null, 20_000);
const untilThere = (email: string) =>
  until(`${email} in Timely`, async () => world.present().includes(email) || null, 20_000);

test('the first cycle subscribes to users and groups', () => {
  expect(
    directory()
      .subscriptions.map(({ resource }) => resource)
      .sort(),
  ).toEqual(['groups', 'users']);
});

test('removes a leaver by notification alone', async () => {
  directory().leave('Umar Farouk');
  await untilGone('umar.farouk@contoso.example');
});

test('invites and removes people by notifications of a group alone', async () => {
  directory().join({ displayName: 'Nora Winter' });
  directory().addToGroup('Nora Winter', 'Timely Users');
  await untilThere('nora.winter@contoso.example');
  directory().removeFromGroup('Nora Winter', 'Timely Users');
  await untilGone('nora.winter@contoso.example');
});

test('reauthorizes subscriptions, and loses no change meanwhile', async () => {
  const before = directory().subscriptions.map(({ id, expirationDateTime }) => ({ id, expirationDateTime }));
  expect(world.sandbox.microsoft.notifier.challenge()).toBe(2);
  directory().leave('Grace Hall');
  await until(
    'new authorizations',
    async () => directory().subscriptions.every(({ lapsed }) => !lapsed) || null,
    20_000,
  );
  for (const { id, expirationDateTime } of before) {
    const now = directory().subscriptions.find((subscription) => subscription.id === id);
    expect(Date.parse(now?.expirationDateTime ?? '')).toBeGreaterThan(Date.parse(expirationDateTime));
  }
  await untilGone('grace.hall@contoso.example');
});

test('ends the subscriptions with the tenant', async () => {
  const handle = world.client.workflow.getHandle(tenantWorkflowId(world.tenant));
  await handle.signal(stopSignal);
  await handle.result();
  expect(directory().subscriptions).toEqual([]);
});
