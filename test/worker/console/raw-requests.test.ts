/** Requests that no browser sends, byte for byte, to the console on its port. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '../../../store/database.ts';
import { startWorkerServer, type WorkerServer } from '../../../worker/server.ts';
import { openConsole } from './support/console-in-process.ts';

let server: WorkerServer;

beforeAll(async () => {
  const site = openConsole();
  server = await startWorkerServer(
    { host: '127.0.0.1', healthPort: 0, receiverPort: null, codec: null },
    {
      database: { execute: async () => [] } as unknown as Database,
      state: () => 'RUNNING',
      pingTemporal: async () => undefined,
      receiver: null,
      codecEndpoint: null,
      console: { app: site.app, port: 0 },
      metrics: {
        contentType: 'text/plain',
        text: async () => '',
        reportReadiness: () => undefined,
        meterFor: () => {
          throw new Error('No tenant is measured here.');
        },
      },
    },
  );
});
afterAll(() => server.close());

/** Sends bytes and returns all that comes back until the console closes the connection. */
const answerTo = (bytes: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(server.consolePort ?? 0, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    let text = '';
    socket.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    socket.on('close', () => resolve(text)).on('error', reject);
    socket.setTimeout(2_000, () => socket.destroy());
  });

const ending = 'Host: sync.contoso.example\r\nConnection: close\r\n';

test.each([
  ['TRACE', `TRACE / HTTP/1.1\r\n${ending}Cookie: secret=1\r\n\r\n`],
  ['a proxy', `CONNECT evil.example:443 HTTP/1.1\r\n${ending}\r\n`],
  ['a whole address of another site', `GET http://evil.example/ HTTP/1.1\r\n${ending}\r\n`],
  ['two slashes', `GET //evil.example/%2e%2e HTTP/1.1\r\n${ending}\r\n`],
  ['backslashes', `GET /\\evil.example\\.. HTTP/1.1\r\n${ending}\r\n`],
  ['a null byte', `GET /t/contoso%00~x HTTP/1.1\r\n${ending}\r\n`],
  ['a raw null byte', `GET /t/\0 HTTP/1.1\r\n${ending}\r\n`],
  ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['a broken host', 'GET / HTTP/1.1\r\nHost: a b"><script>\r\nConnection: close\r\n\r\n'],
  ['an asterisk', `OPTIONS * HTTP/1.1\r\n${ending}\r\n`],
  ['a header of a hundred kilobytes', `GET / HTTP/1.1\r\n${ending}X: ${'a'.repeat(100_000)}\r\n\r\n`],
  [
    'two lengths',
    `POST /sign-in HTTP/1.1\r\n${ending}Content-Length: 1\r\nContent-Length: 9\r\n\r\na=1GET / `,
  ],
  [
    'a length beside chunks',
    `POST /sign-in HTTP/1.1\r\n${ending}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
])('%s gets nothing: no error of ours, no echo, no redirect', async (_, bytes) => {
  const answer = await answerTo(bytes);
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
  expect([0, 400, 403, 404, 431]).toContain(status);
  expect(answer).not.toMatch(/evil\.example|secret=1|<script>/);
  expect(answer.match(/HTTP\/1\.1 /g)?.length ?? 0).toBeLessThan(2);
});

test('a request that never ends is given up, and one with a body that never comes as well', async () => {
  const answer = await answerTo(`POST /sign-in HTTP/1.1\r\n${ending}Content-Length: 300000\r\n\r\na=1`);
  expect(answer === '' || /^HTTP\/1\.1 (403|413|408)/.test(answer)).toBe(true);
});
