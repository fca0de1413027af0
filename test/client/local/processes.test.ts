import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { startWorker } from '../../../client/local/node-processes.ts';
import { ProcessGroup } from '../../../client/local/process-group.ts';
import {
  type Program,
  type RunningProcess,
  startProcess,
  untilSaid,
} from '../../../client/local/processes.ts';
import { isAlive, withDataFolder } from './data-folder.ts';

const waitMs = 10_000;
const script = (dataFolder: string, code: string, more: Partial<Program> = {}): Program => ({
  name: 'The example',
  command: process.execPath,
  args: ['-e', code],
  logFile: join(dataFolder, 'logs', 'example.log'),
  ...more,
});

const stays = "console.log('ready'); setInterval(() => {}, 1000);";
const ignoresSigterm = `process.on('SIGTERM', () => {}); ${stays}`;

const ready = (process: RunningProcess) =>
  untilSaid(process, (line) => (line === 'ready' ? true : null), waitMs);

async function until(condition: () => boolean): Promise<void> {
  for (const giveUpAt = Date.now() + waitMs; !condition(); await sleep(20)) {
    if (Date.now() > giveUpAt) throw new Error('It did not happen in time.');
  }
}

describe('a process', () => {
  test('is killed after its grace when it does not stop', () =>
    withDataFolder(async (dataFolder) => {
      const running = await startProcess(script(dataFolder, ignoresSigterm, { stopGraceMs: 100 }));
      await ready(running);
      await running.stop();
      expect(await running.ended).toBe('by SIGKILL');
      expect(isAlive(running.pid)).toBe(false);
    }));

  test('is an error with its last words when it ends before it is ready', () =>
    withDataFolder(async (dataFolder) => {
      const running = await startProcess(
        script(dataFolder, "console.error('no room left'); process.exit(7)"),
      );
      await expect(ready(running)).rejects.toThrow(
        /^The example ended with exit code 7 before it was ready \(no room left\): .*example\.log says more\.$/,
      );
    }));

  test('is an error when it is late', () =>
    withDataFolder(async (dataFolder) => {
      const running = await startProcess(script(dataFolder, 'setInterval(() => {}, 1000)'));
      await expect(untilSaid(running, () => null, 200)).rejects.toThrow('was not ready within 0.2 s');
      await running.stop();
    }));

  test('is an error in one sentence when it cannot be started', () =>
    withDataFolder(async (dataFolder) => {
      const start = startProcess(script(dataFolder, '', { command: '/nowhere/to/be/found' }));
      await expect(start).rejects.toThrow(
        'The example cannot be started: spawn /nowhere/to/be/found ENOENT.',
      );
    }));
});

describe('the processes of one `up`', () => {
  test('are stopped in the reverse order of their start, and leave no note', () =>
    withDataFolder(async (dataFolder) => {
      const group = await ProcessGroup.open(dataFolder);
      const ends: string[] = [];
      for (const name of ['first', 'second']) {
        const running = await group.start(script(dataFolder, stays, { name }));
        void running.ended.then(() => ends.push(name));
      }
      await group.stop();
      expect(ends).toEqual(['second', 'first']);
      await expect(readFile(join(dataFolder, 'up.json'))).rejects.toThrow('ENOENT');
    }));

  test('own the data folder: another `up` is refused while they run', () =>
    withDataFolder(async (dataFolder) => {
      const group = await ProcessGroup.open(dataFolder);
      await expect(ProcessGroup.open(dataFolder)).rejects.toThrow(
        `Another \`timely-sync up\` (process ${process.pid}) runs with ${dataFolder}: stop it, or choose another folder with --data.`,
      );
      await group.stop();
      await (await ProcessGroup.open(dataFolder)).stop();
    }));

  test('are stopped by the next `up` when their own was killed', () =>
    withDataFolder(async (dataFolder) => {
      const killed = await ProcessGroup.open(dataFolder);
      const leftOver = await killed.start(script(dataFolder, stays));
      await pretendOwnerIsGone(dataFolder);
      const next = await ProcessGroup.open(dataFolder);
      expect(await leftOver.ended).toBe('by SIGTERM');
      await next.stop();
    }));

  test('are left alone when their numbers belong to other programs', () =>
    withDataFolder(async (dataFolder) => {
      const killed = await ProcessGroup.open(dataFolder);
      const innocent = await killed.start(script(dataFolder, stays));
      await pretendOwnerIsGone(dataFolder, (record) => record.replaceAll(/ [^ "]*node/g, ' /bin/other'));
      const next = await ProcessGroup.open(dataFolder);
      expect(isAlive(innocent.pid)).toBe(true);
      await next.stop();
      await innocent.stop();
    }));

  test('start nothing once they are being stopped', () =>
    withDataFolder(async (dataFolder) => {
      const group = await ProcessGroup.open(dataFolder);
      await group.stop();
      await expect(group.start(script(dataFolder, stays))).rejects.toThrow(
        'The example is not started: everything is being stopped.',
      );
    }));
});

describe('the worker beside `up`', () => {
  test('is replaced with a message when it ends by itself', () =>
    withDataFolder(async (dataFolder) => {
      const group = await ProcessGroup.open(dataFolder);
      const workers: RunningProcess[] = [];
      const launch = async (program: Program) => {
        const worker = await group.start(program);
        workers.push(worker);
        return worker;
      };
      const said: string[] = [];
      await startWorker(script(dataFolder, stays), launch, (sentence) => said.push(sentence));
      process.kill(Number(workers[0]?.pid), 'SIGKILL');
      await until(() => said.length === 1);
      expect(said[0]).toMatch(/^The worker ended by SIGKILL and was started again; /);
      expect(workers.map(({ pid }) => isAlive(pid))).toEqual([false, true]);
      await group.stop();
      expect(workers.map(({ pid }) => isAlive(pid))).toEqual([false, false]);
    }));
});

/** Makes the note look as if its `up` were gone and its number were another process's now. */
async function pretendOwnerIsGone(dataFolder: string, more = (record: string) => record): Promise<void> {
  const file = join(dataFolder, 'up.json');
  const record = JSON.parse(more(await readFile(file, 'utf8')));
  await writeFile(
    file,
    JSON.stringify({ ...record, owner: { ...record.owner, identity: 'another process' } }),
  );
}
