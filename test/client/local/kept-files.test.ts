import { mkdir, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { keptSecret } from '../../../client/local/kept-secret.ts';
import { choosePort } from '../../../client/local/ports.ts';
import { processIdentity } from '../../../client/local/process-identity.ts';
import { plainLines } from '../../../client/render/progress.ts';
import { withDataFolder } from './data-folder.ts';

test('a secret is 32 random bytes, made once, and readable for its owner alone', () =>
  withDataFolder(async (dataFolder) => {
    await mkdir(dataFolder);
    const file = join(dataFolder, 'encryption.key');
    const secrets = await Promise.all([keptSecret(file), keptSecret(file), keptSecret(file)]);
    expect(new Set(secrets).size).toBe(1);
    expect(Buffer.from(secrets[0] ?? '', 'base64')).toHaveLength(32);
    expect(await keptSecret(file)).toBe(secrets[0]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await keptSecret(join(dataFolder, 'other.key'))).not.toBe(secrets[0]);
  }));

test('a port is kept from one start to the next, and another is taken when somebody else has it', () =>
  withDataFolder(async (dataFolder) => {
    await mkdir(dataFolder);
    const first = await choosePort(dataFolder, 'temporal');
    expect(await choosePort(dataFolder, 'temporal')).toBe(first);
    const somebodyElse = await listenOn(first);
    const second = await choosePort(dataFolder, 'temporal');
    somebodyElse.close();
    expect(second).not.toBe(first);
    expect(await choosePort(dataFolder, 'temporal')).toBe(second);
  }));

test('a process that is not there has no identity', async () => {
  expect(await processIdentity(process.pid)).toContain('node');
  expect(await processIdentity(2 ** 30)).toBeNull();
});

test('without a terminal each step of each tenant is one line, whatever its numbers', () => {
  const lines: string[] = [];
  const progress = plainLines((line) => lines.push(line));
  progress.show('contoso', 'applying', '1 of 50');
  progress.show('fabrikam', 'reading');
  progress.show('contoso', 'applying', '2 of 50');
  progress.show('contoso', 'waiting');
  expect(lines).toEqual(['contoso: applying', 'fabrikam: reading', 'contoso: waiting']);
});

function listenOn(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(port, '127.0.0.1', () => resolve(server));
  });
}
