import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { exchange, type HttpRequest } from '../../http/exchange.ts';
import { networkFailure } from '../../http/network-errors.ts';

/** Sends one request to a server of its own. */
async function send(listener: RequestListener, request: Partial<HttpRequest> = {}) {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  try {
    const url = `http://127.0.0.1:${port}/first`;
    return await exchange({ method: 'GET', url, timeoutMs: 10_000, ...request });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const failureOf = (promise: Promise<unknown>) => promise.then(() => null, networkFailure);

describe('an exchange', () => {
  test('sends the body, and returns status, headers and body of any response', async () => {
    const response = await send(
      async (request, outgoing) => {
        let body = '';
        for await (const chunk of request) body += chunk;
        outgoing.writeHead(418, { 'x-method': request.method ?? '' }).end(`got ${body}`);
      },
      { method: 'PATCH', body: 'é', headers: { 'content-type': 'text/plain' } },
    );
    expect(response).toMatchObject({ status: 418, body: 'got é' });
    expect(response.headers.get('x-method')).toBe('PATCH');
  });

  test('drops a byte order mark', async () => {
    expect(await send((_, outgoing) => void outgoing.end('\uFEFF893'))).toMatchObject({ body: '893' });
  });

  test('cuts off a body at its size', async () => {
    const response = await send((_, outgoing) => void outgoing.end('a'.repeat(100_000)), {
      bodyLimits: { bytes: 10, values: 10 },
    });
    expect(response.body).toBe('a'.repeat(10));
  });

  test('does not follow a redirect', async () => {
    const paths: (string | undefined)[] = [];
    const response = await send(({ url }, outgoing) => {
      paths.push(url);
      outgoing.writeHead(307, { location: '/second' }).end();
    });
    expect(response.status).toBe(307);
    expect(paths).toEqual(['/first']);
  });

  test.each([
    ['no response', () => undefined],
    ['half a body', (_, outgoing) => void outgoing.write('half')],
    [
      'a byte now and then',
      (_, outgoing) => {
        const drip = setInterval(() => outgoing.write('a'), 20);
        outgoing.on('close', () => clearInterval(drip));
      },
    ],
  ] as [string, RequestListener][])('ends at the time limit with %s', async (_case, listener) => {
    expect(await failureOf(send(listener, { timeoutMs: 100 }))).toEqual({ timedOut: true, code: null });
  });

  test('rejects when the connection is lost in the middle of the body', async () => {
    const lost = send((_, outgoing) => {
      outgoing.writeHead(200, { 'content-length': 100 });
      outgoing.write('half', () => outgoing.destroy());
    });
    expect(await failureOf(lost)).toMatchObject({ timedOut: false, code: expect.stringMatching(/^\w+$/) });
  });
});

describe('a network failure', () => {
  test('has the code of the cause', () => {
    const error = new TypeError('fetch failed', {
      cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }),
    });
    expect(networkFailure(error)).toEqual({ timedOut: false, code: 'ECONNREFUSED' });
  });

  test.each([null, 'text', new Error('no code'), { code: 7, cause: { code: 'a secret text' } }])(
    'has no code without a safe one: %p',
    (error) => {
      expect(networkFailure(error)).toEqual({ timedOut: false, code: null });
    },
  );
});
