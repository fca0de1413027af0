import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { lookSoFar } from '../../../client/remote/look.ts';
import { queryWorker } from '../../../client/remote/query.ts';
import { readTenantFile } from '../../../client/tenant-file.ts';
import { createResultKey } from '../../../encryption/result-key.ts';
import { commandsFor } from '../../support/commands.ts';
import { startWorld, until, type World } from '../../support/world.ts';

let world: World;
let release: () => void;

beforeAll(async () => {
  world = await startWorld();
  ({ release } = commandsFor(world));
  await world.startWorker();
}, 90_000);
afterAll(async () => {
  release();
  await world.close();
});

const seed = new Uint8Array(32).fill(3);

test('an answer that takes long is there for whoever asks again by its name with the same key', async () => {
  const { client, sandbox } = world;
  const file = await readTenantFile(world.file);
  const asked = (waitMs: number, key = createResultKey(seed)) =>
    lookSoFar(client, { file, id: 'a-look', key, waitMs });
  sandbox.microsoft.faults.set('latency', { milliseconds: 1_000 });
  expect(await asked(100)).toBeNull();
  sandbox.microsoft.faults.clear();
  const report = await until('the look', () => asked(5_000));
  expect(report.directory.live).toBeGreaterThan(30);
  const before = sandbox.microsoft.ledger.entries().length;
  expect(await asked(5_000)).toEqual(report);
  expect(sandbox.microsoft.ledger.entries()).toHaveLength(before);
  await expect(asked(5_000, createResultKey())).rejects.toThrow('changed on its way');
  const list = { about: 'lookList', tenant: world.tenant, id: 'a-look', kind: 'groups' } as const;
  const { items } = await queryWorker(client, { ...list, part: 'timely users' });
  expect(items.map(({ name }) => name)).toEqual(['Timely Users']);
}, 180_000);

test('what refuses a question for good is said to whoever asks again', async () => {
  const file = await readTenantFile(world.file);
  const wrong = {
    ...file,
    source: { ...file.source, credential: { secret: 'store:nothing' } },
  } as typeof file;
  const asked = () =>
    lookSoFar(world.client, {
      file: wrong,
      id: 'a-refused-look',
      key: createResultKey(seed),
      waitMs: 20_000,
    });
  for (const _ of [1, 2]) await expect(asked()).rejects.toThrow('the store keeps no such secret');
}, 180_000);
