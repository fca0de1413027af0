import { mkdir, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { choosePort } from '../../../client/local/ports.ts';
import { processIdentity } from '../../../client/local/process-identity.ts';
import { storedSecret } from '../../../client/local/stored-secret.ts';
import { plainLines } from '../../../client/render/progress.ts';
import { stayingPort } from '../../support/ports.ts';
import { withDataFolder } from './data-folder.ts';

test('a secret has 32 random bytes, is made once, and is readable by its owner only', () =>
  withDataFolder(async (dataFolder) => {
    await mkdir(dataFolder);
    const file = join(dataFolder, 'encryption.key');
    const secrets = await Promise.all([storedSecret(file), storedSecret(file), storedSecret(file)]);
    expect(new Set(secrets).size).toBe(1);
    expect(Buffer.from(secrets[0] ?? '', 'base64')).toHaveLength(32);
    expect(await storedSecret(file)).toBe(secrets[0]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await storedSecret(join(dataFolder, 'other.key'))).not.toBe(secrets[0]);
  }));

test('a port is kept from one start to the next, unless another program has it', () =>
  withDataFolder(async (dataFolder) => {
    await mkdir(dataFolder);
    const first = await choosePort(dataFolder, 'temporal', await stayingPort());
    expect(await choosePort(dataFolder, 'temporal')).toBe(first);
    const otherProgram = await listenOn(first);
    const second = await choosePort(dataFolder, 'temporal');
    otherProgram.close();
    expect(second).not.toBe(first);
    expect(await choosePort(dataFolder, 'temporal')).toBe(second);
  }));

test('a process that is not there has no identity', async () => {
  expect(await processIdentity(process.pid)).toContain('node');
  expect(await processIdentity(2 ** 30)).toBeNull();
});

test('prints one line for each step of each tenant without a terminal', () => {
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
