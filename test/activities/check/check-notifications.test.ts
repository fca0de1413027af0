/** What `check` says about notifications of directories that send none, or event hooks. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { notificationLines } from '../../../activities/check/check-notifications.ts';
import { parseTenantFile } from '../../../config/tenant-file.ts';
import { oktaCapabilities } from '../../../directory/okta/okta-source.ts';
import { sapCapabilities } from '../../../directory/sap/sap-source.ts';
import { noteEventHook, storeConfiguration } from '../../../store/tenants.ts';
import { openTestStore } from '../../support/database.ts';

const receiver = { url: 'https://sync.contoso.example/notifications' };
let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

async function fileOf(name: string, edit = (text: string) => text) {
  const path = join(import.meta.dirname, '..', '..', '..', 'tenants', name);
  return parseTenantFile(edit(await readFile(path, 'utf8')), path);
}
const services = (url: typeof receiver | null = receiver) => ({ database: store.database, receiver: url });

test('a directory that sends none is polled, and says so', async () => {
  const lines = await notificationLines(services(null), await fileOf('contoso-sap.yaml'), sapCapabilities);
  expect(lines).toEqual([
    { name: 'notifications', state: 'ok', message: expect.stringContaining('polling'), remedy: '' },
  ]);
});

test('an event hook that is not named, or has not arrived, is a warning with its address', async () => {
  const file = await fileOf('contoso-okta.yaml');
  const without = await fileOf('contoso-okta.yaml', (text) => text.replace(/^ *eventHook:.*$/m, ''));
  const address = 'https://sync.contoso.example/notifications/okta/contoso';
  for (const each of [without, file]) {
    const [line, ...others] = await notificationLines(services(), each, oktaCapabilities);
    expect(others).toEqual([]);
    expect(line).toMatchObject({ state: 'warning', remedy: expect.stringContaining(address) });
  }
});

test('an event hook that arrived is named with its time', async () => {
  const file = await fileOf('contoso-okta.yaml');
  await storeConfiguration(store.database, 'contoso', file);
  const at = new Date('2026-11-29T10:20:30.000Z');
  await noteEventHook(store.database, 'contoso', at);
  const lines = await notificationLines(services(), file, oktaCapabilities);
  expect(lines).toEqual([
    { name: 'event hook', state: 'ok', message: expect.stringContaining(at.toISOString()), remedy: '' },
  ]);
});

test('without a receiver, or with notifications off, event hooks are not missed', async () => {
  const file = await fileOf('contoso-okta.yaml');
  const off = { ...file, schedule: { ...file.schedule, notifications: false } };
  expect(await notificationLines(services(null), file, oktaCapabilities)).toEqual([]);
  expect(await notificationLines(services(), off, oktaCapabilities)).toEqual([]);
});
