import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { Client } from 'pg';
import { databaseUrl } from '../../config/worker-settings.ts';

const storeOf = (address: string) => databaseUrl({ DATABASE_URL: address });

test.each([
  'postgres://sync:pass%20word@db.contoso.example/sync',
  'postgres://sync@10.0.0.5:5432/sync?application_name=a+b',
  'postgresql://sync@localhost.contoso.example/sync',
  'postgres://sync@127.0.0.1.contoso.example/sync#fragment',
  'postgres://sync@[2001:db8::5]/sync',
  'postgres://sync@localhost/sync?host=db.contoso.example',
  'postgres://sync@0.0.0.0/sync',
  'postgres://sync@/sync?host=db.contoso.example',
  'postgres://sync@/sync?host=localhost&host=db.contoso.example',
  'postgres://sync@db.contoso.example/sync?sslmode=',
  'postgres://sync@db.contoso.example/sync?sslmode=disable&sslmode=',
  'postgres://sync@db.contoso.example/sync?ssl=',
])('the store on another machine has to prove itself: %s', (address) => {
  const { ssl, user, password } = new Client({ connectionString: storeOf(address) });
  expect(ssl).toEqual({});
  expect([user, password || null]).toEqual(['sync', address.includes('pass') ? 'pass word' : null]);
  expect(new URL(storeOf(address)).searchParams.get('sslmode')).toBe('verify-full');
});

test.each([
  'postgres://sync@localhost:5432/sync',
  'postgres://sync@127.0.0.1/sync',
  'postgres://sync@[::1]/sync',
  'postgres://%2Fvar%2Frun%2Fpostgresql/sync',
  'postgres:///sync?host=/var/run/postgresql',
  'postgres://sync@/sync',
  'postgres://sync@db.contoso.example/sync?sslmode=disable',
  'postgres://sync@db.contoso.example/sync?sslmode=no-verify',
  'postgres://sync@db.contoso.example/sync?sslmode=verify-full&sslrootcert=/run/secrets/ca.pem',
])('an address of this machine, or one that says how, stays as it is: %s', (address) => {
  expect(storeOf(address)).toBe(address);
});

test('the host of PGHOST has to prove itself as well', () => {
  process.env.PGHOST = 'db.contoso.example';
  try {
    const { ssl, host } = new Client({ connectionString: storeOf('postgres:///sync') });
    expect([ssl, host]).toEqual([{}, 'db.contoso.example']);
    expect(new Client({ connectionString: storeOf('postgres://sync@/sync') }).ssl).toEqual({});
  } finally {
    delete process.env.PGHOST;
  }
});

test('a server that does not speak TLS learns neither user nor password', async () => {
  const heard: Buffer[] = [];
  const server = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .on('data', (bytes) => {
        heard.push(bytes);
        socket.write('N');
      });
  }).listen(0, '0.0.0.0');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const store = new Client({
    connectionString: storeOf(`postgres://marked-user:marked-word@0.0.0.0:${port}/sync`),
  });
  await expect(store.connect()).rejects.toThrow('does not support SSL');
  server.close();
  expect(Buffer.concat(heard).toString('latin1')).not.toContain('marked');
  expect(Buffer.concat(heard)).toHaveLength(8);
});
