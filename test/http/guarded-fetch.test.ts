/** What a guarded `fetch` sends, seen from the servers: real sockets, and names that resolve as a test says. */
import dns from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { endpointRules } from '../../config/policy/host-rules.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { guardedFetch } from '../../http/guarded-fetch.ts';
import { inWorkScope, uncancelled } from '../../http/work-scope.ts';
import { makeCertificate } from '../../simulators/certificate.ts';
import { policyOf } from '../config/policy.ts';
import { trust } from '../directory/entra/trust.ts';
import { type Catcher, startCatcher } from '../support/message-catcher.ts';

let catcher: Catcher;
/** A server that counts connections, TLS or not. */
const connections: string[] = [];
const watched = createTcpServer((socket) => {
  connections.push(socket.remoteAddress ?? '');
  socket.destroy();
});
let port: number;

beforeAll(async () => {
  catcher = await startCatcher();
  trust(catcher.ca);
  watched.listen(0, '127.0.0.1');
  await once(watched, 'listening');
  const address = watched.address();
  port = address && typeof address === 'object' ? address.port : 0;
});
afterAll(async () => {
  watched.close();
  await catcher.close();
});
beforeEach(() => {
  connections.length = 0;
});
afterEach(() => {
  jest.restoreAllMocks();
});

const fetchWith = (TIMELY_SYNC_ALLOWED_HOSTS: string, tenant = 'contoso') =>
  guardedFetch(endpointRules(policyOf({ TIMELY_SYNC_ALLOWED_HOSTS }, {}), tenant));
const post = (fetch: typeof globalThis.fetch, url: string) => fetch(url, { method: 'POST', body: 'secret' });

test('a request to a listed host arrives', async () => {
  const response = await post(fetchWith('localhost'), `${catcher.url}/listed`);
  expect(response.status).toBe(200);
  expect(catcher.posts.at(-1)).toMatchObject({ path: '/listed', text: 'secret' });
});

test.each([
  ['a host that is not listed', 'elsewhere.example', (at: number) => `https://localhost:${at}`],
  ['an address that is not listed', 'localhost', (at: number) => `https://127.0.0.1:${at}`],
  ['the address in other words', 'localhost', (at: number) => `https://2130706433:${at}`],
  ['a request without TLS', 'localhost', (at: number) => `http://localhost:${at}`],
])('%s is not even connected to', async (_, list, url) => {
  await expect(post(fetchWith(list), url(port))).rejects.toBeInstanceOf(ConfigurationError);
  expect(connections).toEqual([]);
});

test('a listed name that points to this machine is not connected to, and the refusal names its address', async () => {
  resolveAs('127.0.0.1');
  await expect(post(fetchWith('evil.example'), `https://evil.example:${port}`)).rejects.toMatchObject({
    message: expect.stringContaining('127.0.0.1'),
    remedy: expect.stringContaining(`add 127.0.0.1:${port} to TIMELY_SYNC_ALLOWED_HOSTS`),
  });
  expect(connections).toEqual([]);
});

test('a name that changes its address from one connection to the next gains nothing', async () => {
  const fetch = fetchWith('evil.example,127.0.0.2');
  resolveAs('127.0.0.2');
  await expect(post(fetch, `https://evil.example:${port}`)).rejects.not.toBeInstanceOf(ConfigurationError);
  resolveAs('127.0.0.1');
  await expect(post(fetch, `https://evil.example:${port}`)).rejects.toBeInstanceOf(ConfigurationError);
  expect(connections).toEqual([]);
});

test('of several addresses only those that are allowed are connected to', async () => {
  resolveAs('127.0.0.2', '127.0.0.1');
  const fetch = fetchWith('evil.example,127.0.0.1');
  await expect(post(fetch, `https://evil.example:${port}`)).rejects.not.toBeInstanceOf(ConfigurationError);
  expect(connections).toEqual(['127.0.0.1']);
});

test('a tenant whose names are never answered keeps no other from looking up', async () => {
  const waiting = new Map<string, () => void>();
  const keep = (name: string, _options: object, done: (error: null, found: object[]) => void) =>
    waiting.set(name, () => done(null, [{ address: '127.0.0.2', family: 4 }]));
  jest.spyOn(dns, 'lookup').mockImplementation(keep as unknown as typeof dns.lookup);
  const ask = (tenant: string, name: string) =>
    post(fetchWith(`${name},127.0.0.2`, tenant), `https://${name}:${port}`).catch(() => name);
  const asked = [
    ...['one', 'two', 'three'].map((name) => ask('evil', `${name}.evil.example`)),
    ask('contoso', 'proxy.contoso.example'),
  ];
  const answer = async (...names: string[]) => {
    while (waiting.size < names.length) await setImmediate();
    expect([...waiting.keys()].sort()).toEqual(names.sort());
    for (const [name, done] of waiting) {
      waiting.delete(name);
      done();
    }
  };
  await answer('one.evil.example', 'proxy.contoso.example');
  await answer('two.evil.example');
  await answer('three.evil.example');
  expect(await Promise.all(asked)).toHaveLength(4);
});

test('tenants share their connections to a host of all, but those with hosts or a certificate of their own do not', async () => {
  const { ca, certificate, key } = await makeCertificate();
  trust(ca);
  let opened = 0;
  const server = createServer({ cert: certificate, key }, (_request, response) => response.end('ok'));
  server.on('secureConnection', () => {
    opened += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: at } = server.address() as AddressInfo;
  const policy = policyOf({ TIMELY_SYNC_ALLOWED_HOSTS: 'localhost,proxy.evil.example@evil' }, {});
  const ask = async (tenant: string, pem?: string) => {
    const response = await guardedFetch(endpointRules(policy, tenant), pem)(`https://localhost:${at}/`);
    expect(await response.text()).toBe('ok');
  };
  try {
    for (const tenant of ['contoso', 'fabrikam', 'contoso']) {
      await ask(tenant);
      // The connection is free after the turn in which its response ended.
      await setImmediate();
    }
    expect(opened).toBe(1);
    await ask('evil');
    expect(opened).toBe(2);
    await ask('fabrikam', `${certificate}\n${key}`);
    expect(opened).toBe(3);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('a name that is never answered keeps no tenant from the hosts of all', async () => {
  const waiting = new Map<string, () => void>();
  const keep = (name: string, _options: object, done: (error: null, found: object[]) => void) =>
    waiting.set(name, () => done(null, [{ address: '10.0.0.1', family: 4 }]));
  jest.spyOn(dns, 'lookup').mockImplementation(keep as unknown as typeof dns.lookup);
  const policy = policyOf({ TIMELY_SYNC_ALLOWED_HOSTS: 'silent.example' }, {});
  const asked = ['silent.example', 'api.timelyapp.com'].map((host) =>
    post(guardedFetch(endpointRules(policy, 'contoso')), `https://${host}/`).catch(() => host),
  );
  for (let turn = 0; turn < 100; turn += 1) await setImmediate();
  expect([...waiting.keys()].sort()).toEqual(['api.timelyapp.com', 'silent.example']);
  for (const done of waiting.values()) done();
  expect(await Promise.all(asked)).toEqual(['silent.example', 'api.timelyapp.com']);
});

test('a refusal names the tenant that asks, whoever shares the connections', async () => {
  resolveAs('10.0.0.1');
  const policy = policyOf({}, {});
  for (const tenant of ['contoso', 'fabrikam'])
    await expect(
      post(guardedFetch(endpointRules(policy, tenant)), 'https://api.timelyapp.com/1.1'),
    ).rejects.toMatchObject({ message: expect.stringContaining(`Requests of tenant ${tenant} may not go`) });
});

test('a redirect is handed back, not followed', async () => {
  catcher.answer(
    '/moved',
    () => new Response('', { status: 307, headers: { location: `${catcher.url}/x` } }),
  );
  const response = await post(fetchWith('localhost'), `${catcher.url}/moved`);
  expect(response.status).toBe(307);
  expect(catcher.posts.some(({ path }) => path === '/x')).toBe(false);
});

test('a response may be zipped', async () => {
  const headers = { 'content-encoding': 'gzip' };
  catcher.answer('/zipped', () => new Response(gzipSync('Zoë'.repeat(1_000)), { headers }));
  const response = await post(fetchWith('localhost'), `${catcher.url}/zipped`);
  expect(await response.text()).toBe('Zoë'.repeat(1_000));
});

test.each([204, 205, 304])('a response of %s has no body', async (status) => {
  catcher.answer('/empty', () => new Response(null, { status, headers: { 'x-said': 'once' } }));
  const response = await post(fetchWith('localhost'), `${catcher.url}/empty`);
  expect(response).toMatchObject({ status, body: null });
  expect(response.headers.get('x-said')).toBe('once');
});

/** From now on every name has these addresses. */
function resolveAs(...addresses: string[]): void {
  const answer = (_name: string, _options: object, done: (error: null, found: object[]) => void) =>
    done(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  jest.spyOn(dns, 'lookup').mockImplementation(answer as unknown as typeof dns.lookup);
}

test('a request ends with the work that makes it, and one that must not be cut off goes on', async () => {
  const sockets: Socket[] = [];
  const silent = createTcpServer((socket) => void sockets.push(socket.on('error', () => undefined)));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const url = `https://localhost:${address && typeof address === 'object' ? address.port : 0}`;
  const cancelled = new AbortController();
  const scope = { signal: cancelled.signal, noteProgress: () => undefined };
  const requested = inWorkScope(scope, () => post(fetchWith('localhost'), url));
  const detached = inWorkScope(scope, () => uncancelled(() => post(fetchWith('localhost'), url)));
  const ended = new Set<string>();
  void requested.catch(() => ended.add('requested'));
  const over = detached.catch(() => ended.add('detached'));
  cancelled.abort(new Error('the worker ends'));
  await expect(requested).rejects.toThrow('the worker ends');
  await setImmediate();
  expect([...ended]).toEqual(['requested']);
  silent.close();
  for (const socket of sockets) socket.destroy();
  await over;
});
