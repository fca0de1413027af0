import { stat } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { startPostgres } from '../../../client/local/postgres.ts';
import { type Launch, startProcess } from '../../../client/local/processes.ts';
import { startTemporal } from '../../../client/local/temporal.ts';
import { stayingPort } from '../../support/ports.ts';
import { isAlive, withDataFolder } from './data-folder.ts';

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Launches as the product does and keeps the process ids. */
function noting(pids: number[]): Launch {
  return async (program) => {
    const running = await startProcess(program);
    pids.push(running.pid);
    return running;
  };
}

/** Launches the first time as if another program had taken the port after `option` a moment ago. */
async function portTakenOnce(option: string): Promise<{ launch: Launch; ports: string[]; free(): void }> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const taken = String((other.address() as AddressInfo).port);
  const ports: string[] = [];
  const launch: Launch = (program) => {
    const place = program.args.indexOf(option) + 1;
    const port = ports.length === 0 ? taken : (program.args[place] ?? '');
    ports.push(port);
    return startProcess({ ...program, args: program.args.with(place, port) });
  };
  return { launch, ports, free: () => other.close() };
}

describe('PostgreSQL on one machine', () => {
  test('starts with another port when a program takes the chosen one before it listens', () =>
    withDataFolder(async (dataFolder) => {
      const { launch, ports, free } = await portTakenOnce('-p');
      const { url, stop } = await startPostgres({ dataFolder, launch });
      expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(ports).toHaveLength(2);
      await stop();
      free();
    }));

  test('keeps its data, its port and its password from one start to the next', () =>
    withDataFolder(async (dataFolder) => {
      const first = await startPostgres({ dataFolder, port: await stayingPort() });
      await query(first.url, "CREATE TABLE people AS SELECT 'Ångström' AS name");
      await first.stop();
      const second = await startPostgres({ dataFolder });
      expect(await query(second.url, 'SELECT lower(name) AS name FROM people')).toEqual([
        { name: 'ångström' },
      ]);
      await second.stop();
      expect(second.url).toBe(first.url);
      expect((await stat(join(dataFolder, 'postgres.password'))).mode & 0o777).toBe(0o600);
    }));

  test('refuses a connection without the password', () =>
    withDataFolder(async (dataFolder) => {
      const { url, stop } = await startPostgres({ dataFolder });
      const withoutPassword = new URL(url);
      withoutPassword.password = 'wrong';
      await expect(query(withoutPassword.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
      await stop();
    }));

  test('stops a server that still runs on the same data, and continues from there', () =>
    withDataFolder(async (dataFolder) => {
      const pids: number[] = [];
      const leftOver = await startPostgres({ dataFolder, launch: noting(pids) });
      await query(leftOver.url, 'CREATE TABLE kept AS SELECT 1 AS one');
      const { url, stop } = await startPostgres({ dataFolder, launch: noting(pids) });
      expect(pids.map(isAlive)).toEqual([false, true]);
      expect(await query(url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
      await stop();
      expect(pids.map(isAlive)).toEqual([false, false]);
    }));

  test('fails with the last message of the server and its log file when PostgreSQL refuses to start', () =>
    withDataFolder(async (dataFolder) => {
      const broken: Launch = (program) =>
        startProcess({ ...program, args: [...program.args, '-c', 'port=none'] });
      await expect(startPostgres({ dataFolder, launch: broken })).rejects.toThrow(
        /^PostgreSQL ended with exit code 1 before it was ready \(.*invalid value for parameter "port".*postgres\.log says more\.$/,
      );
    }));
});

describe('Temporal on one machine', () => {
  test('starts with another port when a program takes the chosen one before it listens', () =>
    withDataFolder(async (dataFolder) => {
      const { launch, ports, free } = await portTakenOnce('--port');
      const { address, stop } = await startTemporal({ dataFolder, launch });
      expect(ports).toEqual([expect.anything(), address.split(':')[1]]);
      await stop();
      free();
    }));

  test('keeps its workflows and its addresses from one start to the next', () =>
    withDataFolder(async (dataFolder) => {
      const first = await startTemporal({ dataFolder });
      await withTemporal(first.address, (client) =>
        client.workflow.start('tenantSync', { workflowId: 'tenant/contoso', taskQueue: 'unused' }),
      );
      await first.stop();
      const second = await startTemporal({ dataFolder });
      const { status } = await withTemporal(second.address, (client) =>
        client.workflow.getHandle('tenant/contoso').describe(),
      );
      const ui = await fetch(second.uiUrl);
      await second.stop();
      expect(status.name).toBe('RUNNING');
      expect(ui.status).toBe(200);
      expect([second.address, second.uiUrl]).toEqual([first.address, first.uiUrl]);
    }));

  test('has the search attributes of the sync after its start', () =>
    withDataFolder(async (dataFolder) => {
      const { address, stop } = await startTemporal({ dataFolder });
      const count = await withTemporal(address, (client) =>
        client.workflow.count('SyncHealth = "ok" AND SyncHeld > 0 AND SyncFailed = 0'),
      );
      await stop();
      expect(count.count).toBe(0);
    }));

  test('refuses a port in use and names the option for another', () =>
    withDataFolder(async (dataFolder) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const start = startTemporal({ dataFolder, port });
      await expect(start).rejects.toThrow(`Port ${port} is in use: choose another with --port`);
      server.close();
    }));
});

async function withTemporal<Result>(
  address: string,
  run: (client: Client) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address });
  try {
    return await run(new Client({ connection }));
  } finally {
    await connection.close();
  }
}
