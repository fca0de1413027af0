/** Which of the worker's ports answer what, and from where they can be reached. */

import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, expect, test } from '@jest/globals';
import getPort from 'get-port';
import { Hono } from 'hono';
import type { ListenerSettings } from '../../config/listening/listener-settings.ts';
import type { Database } from '../../store/database.ts';
import { startWorkerServer, type WorkerParts, type WorkerServer } from '../../worker/server.ts';
import { openConsole } from './console/support/console-in-process.ts';

let server: WorkerServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const listeners: ListenerSettings = { host: '127.0.0.1', healthPort: 0, receiverPort: null, codec: null };

async function start(
  settings: Partial<ListenerSettings>,
  console: WorkerParts['console'] = null,
): Promise<WorkerServer> {
  const receiver = new Hono().post('*', (context) => context.body(null, 202));
  const codecEndpoint = new Hono().post('/decode', (context) => context.json({ payloads: [] }));
  server = await startWorkerServer(
    { ...listeners, ...settings },
    {
      database: { execute: async () => [] } as unknown as Database,
      state: () => 'RUNNING',
      pingTemporal: async () => undefined,
      receiver: { app: receiver, counts: { taken: 0, refused: 0, malformed: 0 } },
      codecEndpoint,
      console,
      metrics: {
        contentType: 'text/plain',
        text: async () => 'metrics',
        reportReadiness: () => undefined,
        meterFor: () => {
          throw new Error('No tenant is measured here.');
        },
      },
    },
  );
  return server;
}

const status = async (port: number, method: string, path: string) =>
  (await fetch(`http://127.0.0.1:${port}${path}`, { method })).status;

test('health, receiver and codec endpoint answer each on its own port and on no other', async () => {
  const { port, receiverPort, codecPort } = await start({ receiverPort: 0, codec: { port: 0, token: '' } });
  const answers = async (each: number | null) => {
    if (each === null) throw new Error('There is no such port.');
    return [
      await status(each, 'GET', '/healthz'),
      await status(each, 'GET', '/metrics'),
      await status(each, 'POST', '/notifications'),
      await status(each, 'POST', '/decode'),
    ];
  };
  expect(new Set([port, receiverPort, codecPort]).size).toBe(3);
  expect(await answers(port)).toEqual([200, 200, 404, 404]);
  expect(await answers(receiverPort)).toEqual([404, 404, 202, 202]);
  expect(await answers(codecPort)).toEqual([404, 404, 404, 200]);
});

test('the console answers on a port of its own and on no other', async () => {
  const { app } = openConsole();
  const { port, consolePort } = await start({}, { app, port: 0 });
  const pageAt = async (each: number | null) =>
    (await fetch(`http://127.0.0.1:${each}/t/contoso~x`)).headers.get('content-security-policy');
  expect(await pageAt(consolePort)).toContain("default-src 'none'");
  expect(await pageAt(port)).toBeNull();
  expect(await status(consolePort ?? 0, 'GET', '/metrics')).toBe(404);
});

test('without ports of their own the receiver shares the port of health, and there is no codec endpoint', async () => {
  const { port, receiverPort, codecPort } = await start({});
  expect([receiverPort, codecPort]).toEqual([null, null]);
  expect(await status(port, 'POST', '/notifications')).toBe(202);
  expect(await status(port, 'GET', '/healthz')).toBe(200);
});

test('a port that is taken leaves no other port open', async () => {
  const taken = await start({});
  const free = await getPort({ host: '127.0.0.1' });
  const clash = start({ healthPort: free, codec: { port: taken.port, token: '' } });
  await expect(clash).rejects.toThrow(`EADDRINUSE: address already in use 127.0.0.1:${taken.port}`);
  expect(await accepts('127.0.0.1', free)).toBe(false);
});

/** Addresses of this machine that other machines can reach; of loopback, one that is not 127.0.0.1. */
const otherAddresses = [
  ...(process.platform === 'linux' ? ['127.0.0.2'] : []),
  ...Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
  ),
];

const accepts = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

test('no port is reached by another address than the one that is set', async () => {
  const { port, receiverPort, codecPort } = await start({ receiverPort: 0, codec: { port: 0, token: '' } });
  for (const host of otherAddresses)
    for (const each of [port, receiverPort, codecPort])
      expect([host, await accepts(host, Number(each))]).toEqual([host, false]);
  await server?.close();
  const open = await start({ host: '0.0.0.0' });
  for (const host of otherAddresses) expect([host, await accepts(host, open.port)]).toEqual([host, true]);
});
