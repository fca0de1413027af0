import { expect, test } from '@jest/globals';
import { createEntraSource } from '../../../directory/entra/entra-source.ts';
import type { DirectoryPage } from '../../../directory/source.ts';
import {
  ConsentNeededError,
  ContractError,
  CursorExpiredError,
  NotFoundError,
  PermissionError,
  ThrottledError,
  TransientError,
} from '../../../domain/errors.ts';
import { failureText, rejection } from './failures.ts';
import {
  type FakeMicrosoft,
  type FakeResponse,
  graphError,
  secret,
  settingsFor,
  withMicrosoft,
} from './fake-microsoft.ts';

const plan = { attributes: [], managers: false };

async function readUsers(microsoft: FakeMicrosoft, timeoutMs = 10_000, cursor: string | null = null) {
  const pages: DirectoryPage[] = [];
  const source = createEntraSource(settingsFor(microsoft, { timeoutMs }));
  for await (const page of source.read('users', cursor, plan)) pages.push(page);
  return pages;
}

const html = '<html><body>Sorry token-1</body></html>';

const failures: [string, FakeResponse, new (...rest: never[]) => Error][] = [
  ['401', { status: 401, body: graphError('InvalidAuthenticationToken') }, ConsentNeededError],
  ['403', { status: 403, body: graphError('Authorization_RequestDenied') }, PermissionError],
  ['404', { status: 404, body: graphError('Request_ResourceNotFound') }, NotFoundError],
  ['429', { status: 429, body: graphError('TooManyRequests') }, ThrottledError],
  ['429 in HTML', { status: 429, body: html }, ThrottledError],
  ['410', { status: 410, body: graphError('resyncRequired') }, CursorExpiredError],
  ['410 without a body', { status: 410 }, CursorExpiredError],
  ['400 syncStateNotFound', { status: 400, body: graphError('syncStateNotFound') }, CursorExpiredError],
  ['400 SyncStateNotFound', { status: 400, body: graphError('SyncStateNotFound') }, CursorExpiredError],
  ['404 SYNCSTATENOTFOUND', { status: 404, body: graphError('SYNCSTATENOTFOUND') }, CursorExpiredError],
  [
    '400 with the code inside',
    { status: 400, body: { error: { code: 'BadRequest', innererror: { code: 'resyncRequired' } } } },
    CursorExpiredError,
  ],
  ['400', { status: 400, body: graphError('Request_BadRequest') }, ContractError],
  ['302', { status: 302, headers: { location: 'https://elsewhere.example' } }, ContractError],
  ['501', { status: 501, body: graphError('NotImplemented') }, ContractError],
  ['500', { status: 500, body: graphError('InternalServerError') }, TransientError],
  ['503 in HTML', { status: 503, body: html }, TransientError],
  ['504 without a body', { status: 504 }, TransientError],
  ['403 of a proxy, in HTML', { status: 403, body: html }, TransientError],
  ['404 of a proxy, in HTML', { status: 404, body: html }, TransientError],
  ['HTML with 200', { body: html }, TransientError],
  ['half of a JSON text', { body: '{"value": [{"id": "1"' }, TransientError],
  ['a body that is cut off', { body: { value: [] }, fault: 'cut' }, TransientError],
  ['an unknown shape', { body: { people: [] } }, ContractError],
];

test.each(failures)('%s becomes the right kind of error, without foreign text', (_, response, expected) =>
  withMicrosoft(async (microsoft) => {
    microsoft.graph = () => response;
    const error = await rejection(readUsers(microsoft));
    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({ message: expect.stringContaining('GET /users/delta') });
    const shown = failureText(error);
    for (const hidden of [secret, 'token-1', 'token-2', 'Sorry', 'a text of the service']) {
      expect(shown).not.toContain(hidden);
    }
  }),
);

test('an error names status, code, request and the missing permission', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.graph = () => ({ status: 403, body: graphError('Authorization_RequestDenied') });
    const error = await rejection(readUsers(microsoft));
    expect(error).toMatchObject({
      message: expect.stringMatching(/403 Authorization_RequestDenied \(request b31c83fd-944c-4663-/),
      remedy: expect.stringContaining('User.Read.All'),
    });
  }));

test.each([
  ['2.128', 429, 2_128],
  [undefined, 429, null],
  ['30', 503, 30_000],
  [undefined, 503, null],
])('Retry-After %p of a %p is passed on for any body', (header, status, retryAfterMs) =>
  withMicrosoft(async (microsoft) => {
    microsoft.graph = () => ({ status, body: html, headers: header ? { 'retry-after': header } : {} });
    expect(await rejection(readUsers(microsoft))).toMatchObject({ retryAfterMs });
    expect(microsoft.requests).toHaveLength(1);
  }),
);

test.each(['hang', 'drip'] as const)(
  'a service that does not respond in time (%s) is a TransientError',
  (fault) =>
    withMicrosoft(async (microsoft) => {
      microsoft.graph = () => ({ fault, body: { value: [] } });
      const error = await rejection(readUsers(microsoft, 200));
      expect(error).toBeInstanceOf(TransientError);
      expect(error).toMatchObject({ message: expect.stringContaining('within 0.2 s') });
    }),
);

test('a service that cannot be reached is a TransientError with the reason', async () => {
  let closed = '';
  await withMicrosoft(async ({ origin }) => {
    closed = origin;
  });
  await withMicrosoft(async (microsoft) => {
    const settings = settingsFor(microsoft, { endpoints: { login: microsoft.origin, graph: closed } });
    const error = await rejection(createEntraSource(settings).count('users'));
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') });
  });
});

test('a token that expires between two pages is replaced, and the page is read', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.graph = ({ path, headers }) => {
      if (path.includes('$select')) {
        return {
          body: { value: [], '@odata.nextLink': `${microsoft.origin}/v1.0/users/delta?$skiptoken=two` },
        };
      }
      if (headers.authorization === 'Bearer token-1') {
        return { status: 401, body: graphError('InvalidAuthenticationToken') };
      }
      return {
        body: { value: [], '@odata.deltaLink': `${microsoft.origin}/v1.0/users/delta?$deltatoken=end` },
      };
    };
    const pages = await readUsers(microsoft);
    expect(pages.map((page) => page.nextCursor)).toEqual([
      null,
      `${microsoft.origin}/v1.0/users/delta?$deltatoken=end`,
    ]);
    expect(microsoft.signIns).toHaveLength(2);
    expect(microsoft.requests).toHaveLength(3);
  }));

test('a refused token is replaced once only', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.graph = () => ({ status: 401 });
    expect(await rejection(readUsers(microsoft))).toBeInstanceOf(ConsentNeededError);
    expect(microsoft.signIns).toHaveLength(2);
    expect(microsoft.requests).toHaveLength(2);
  }));

test('a link to a foreign host is not followed, even without a token', () =>
  withMicrosoft((stranger) =>
    withMicrosoft(async (microsoft) => {
      // The same host on another port: the SDK's own list would accept it.
      const link = `${stranger.origin}/v1.0/users/delta?$skiptoken=two`;
      microsoft.graph = () => ({ body: { value: [], '@odata.nextLink': link } });
      const error = await rejection(readUsers(microsoft));
      expect(error).toBeInstanceOf(ContractError);
      expect(failureText(error)).not.toContain('skiptoken');
      expect(stranger.requests).toHaveLength(0);
      expect(microsoft.requests).toHaveLength(1);
    }),
  ));

test.each(['http://localhost', 'https://localhost@elsewhere.example', '//elsewhere.example', 'users/delta'])(
  'the stored cursor %s is refused without a request',
  (link) =>
    withMicrosoft(async (microsoft) => {
      expect(await rejection(readUsers(microsoft, 10_000, link))).toBeInstanceOf(CursorExpiredError);
      expect(microsoft.requests).toHaveLength(0);
    }),
);

test('a redirect is not followed', () =>
  withMicrosoft((stranger) =>
    withMicrosoft(async (microsoft) => {
      microsoft.graph = () => ({ status: 307, headers: { location: `${stranger.origin}/v1.0/users/delta` } });
      expect(await rejection(readUsers(microsoft))).toBeInstanceOf(ContractError);
      expect(stranger.requests).toHaveLength(0);
    }),
  ));

test('every request has the lowest priority', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.graph = () => ({ body: { value: [] } });
    await readUsers(microsoft);
    expect(microsoft.requests[0]?.headers['x-ms-throttle-priority']).toBe('Low');
  }));

test('the count of people is read with its header, and null when the service cannot count', () =>
  withMicrosoft(async (microsoft) => {
    const source = createEntraSource(settingsFor(microsoft));
    microsoft.graph = ({ headers }) =>
      headers.consistencylevel === 'eventual'
        ? { body: '\uFEFF893', headers: { 'content-type': 'text/plain' } }
        : { status: 400, body: graphError('Request_BadRequest') };
    expect(await source.count('users')).toBe(893);
    for (const status of [400, 404, 405, 501]) {
      microsoft.graph = () => ({ status, body: 'no' });
      expect(await source.count('users')).toBeNull();
    }
    microsoft.graph = () => ({ status: 503 });
    expect(await rejection(source.count('users'))).toBeInstanceOf(TransientError);
  }));
