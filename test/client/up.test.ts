import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runUp, type UpOptions } from '../../client/actions/up.ts';
import { explainError } from '../../client/explain-error.ts';
import { ProcessGroup } from '../../client/local/process-group.ts';
import { withDataFolder } from './local/data-folder.ts';
import { silentSession } from './run-command.ts';

const validFile = `
tenant: fabrikam
source:
  type: entra
  tenantId: 8f0c2a4e-1111-2222-3333-444455556666
  clientId: 1b2c3d4e-aaaa-bbbb-cccc-ddddeeeeffff
  credential: {secret: env:FABRIKAM_SECRET}
target:
  type: timely
  accountId: 1
  application: {clientId: env:TIMELY_CLIENT_ID, clientSecret: env:TIMELY_CLIENT_SECRET}
scope: {include: [{everyone: true}]}
`;

/** How `up` ends with these files in a fresh folder, and whether it had begun to make the data folder. */
async function upWith(files: Record<string, string>, names: string[], more: Partial<UpOptions> = {}) {
  return withDataFolder(async (data) => {
    await mkdir(dirname(data), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(dirname(data), name), text);
    const options: UpOptions = {
      files: names.map((name) => join(dirname(data), name)),
      sandbox: false,
      once: true,
      json: false,
      data,
      ...more,
    };
    const error = await runUp(silentSession(), options).catch((cause: unknown) => explainError(cause));
    const hasBegun = await access(data).then(
      () => true,
      () => false,
    );
    return { error, hasBegun };
  });
}

test('an invalid tenant file ends `up` with exit code 2 before anything is started', async () => {
  const { error, hasBegun } = await upWith({ 'bad.yaml': 'tenant: Not A Name\n' }, ['bad.yaml']);
  expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining('bad.yaml has') });
  expect(hasBegun).toBe(false);
});

test('a tenant file that is not there ends `up` with exit code 2', async () => {
  const { error, hasBegun } = await upWith({}, ['missing.yaml']);
  expect(error).toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('missing.yaml cannot be read'),
  });
  expect(hasBegun).toBe(false);
});

test('two files for one tenant end `up` with exit code 2', async () => {
  const { error } = await upWith({ 'a.yaml': validFile, 'b.yaml': validFile }, ['a.yaml', 'b.yaml']);
  expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining('for the tenant fabrikam') });
});

test('`up --once` without a tenant is wrong use: there is nothing to wait for', async () => {
  const { error } = await upWith({}, []);
  expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining('--once needs a tenant') });
});

test('a second `up` on the data of one that runs ends with exit code 1', () =>
  withDataFolder(async (data) => {
    const group = await ProcessGroup.open(data);
    const second = runUp(silentSession(), { files: [], sandbox: false, once: false, json: false, data });
    await expect(second).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining('Another') });
    await group.stop();
  }));
