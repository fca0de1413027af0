import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import getPort from 'get-port';
import { ConnectNeededError, ThrottledError, TransientError } from '../../domain/errors.ts';
import { dayMs } from '../../domain/time.ts';
import { parseRetryAfterMs } from '../../http/retry-after.ts';
import { createTimelyApi } from '../../timely/api.ts';
import { unlimitedRate } from '../support/unlimited-rate.ts';
import { failureOf, inviteWithResponse, json, text } from './failed-invitation.ts';
import { accountId, withTimely } from './fake-timely.ts';

describe('a failure that passes by itself', () => {
  test.each([
    ['500', json({ errors: { message: 'Oops' } }, 500)],
    ['503 without a body', text('', 503)],
    ['408 of a proxy', text('', 408)],
    ['a gateway page with 502', text('<!DOCTYPE html><p>Bad gateway</p>', 502)],
    ['a web page with 200', text('<html>Sign in</html>', 200)],
    ['a web page with 403', text('<html>Blocked</html>', 403)],
    ['broken JSON', text('{"id": 1, "ema', 200)],
    ['an empty body in place of a user', text('', 200)],
    ['a lost connection', 'cut' as const],
  ])('is a TransientError: %s', async (_case, response) => {
    expect(await inviteWithResponse(response)).toBeInstanceOf(TransientError);
  });

  test.each([
    [{ 'retry-after': '30' }, 30_000],
    [{}, null],
  ])('says how long to wait: 503 with %p', async (headers, retryAfterMs) => {
    const error = await inviteWithResponse(json({}, 503, headers));
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ retryAfterMs });
  });

  test('names the time limit', async () => {
    const error = await inviteWithResponse('silence', 80);
    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toContain('took too long');
  });

  test('names the code when no server listens', async () => {
    const error = await failureOf(
      clientOf(`http://127.0.0.1:${await getPort({ host: '127.0.0.1' })}`).roles(),
    );
    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toContain('ECONNREFUSED');
  });
});

describe('a request to slow down', () => {
  const now = new Date('2026-11-23T12:00:00Z');

  test.each([
    ['7', 7_000],
    ['1.5', 1_500],
    ['Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['9'.repeat(400), dayMs],
    [null, null],
    ['', null],
    ['-5', null],
    ['soon', null],
  ])('reads Retry-After %p as %p ms', (header, expected) => {
    expect(parseRetryAfterMs(header, now)).toBe(expected);
  });

  test('is a number of milliseconds up to a day, or null, for any header', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const waitMs = parseRetryAfterMs(header, now) ?? 0;
        expect(waitMs >= 0 && waitMs <= dayMs).toBe(true);
      }),
    );
  });

  test.each([
    [{ 'retry-after': '2.5' }, 2_500],
    [{}, null],
  ])('slows the tenant down and says how long to wait: 429 with %p', (headers, retryAfterMs) =>
    withTimely(async ({ timely, api, slowDowns }) => {
      timely.fault({ method: 'GET', path: /roles$/, response: json({}, 429, headers) });
      const error = await failureOf(api.roles());
      expect(error).toBeInstanceOf(ThrottledError);
      expect(error).toMatchObject({ retryAfterMs });
      expect(slowDowns).toEqual([retryAfterMs]);
    }),
  );
});

test('no error contains the access token, even when it cannot be sent', async () => {
  const token = 'secret-token\nwith-a-line-break';
  const error = await failureOf(clientOf('http://127.0.0.1:1', token).roles());
  expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain('secret-token');
});

test('a tenant that is not signed in takes no turn from other tenants of the account', async () => {
  const notSignedIn = () => Promise.reject(new ConnectNeededError('Not connected', { remedy: '' }));
  let turns = 0;
  const timely = createTimelyApi({
    accountId,
    endpoint: 'https://127.0.0.1:1',
    tokens: { accessToken: notSignedIn, refresh: notSignedIn },
    rateLimiter: {
      ...unlimitedRate,
      wait: (prepare) => {
        turns += 1;
        return unlimitedRate.wait(prepare);
      },
    },
  });
  expect(await failureOf(timely.roles())).toBeInstanceOf(ConnectNeededError);
  expect(turns).toBe(0);
});

function clientOf(endpoint: string, token = 'token') {
  return createTimelyApi({
    accountId,
    endpoint,
    tokens: { accessToken: async () => token, refresh: async () => token },
    rateLimiter: unlimitedRate,
  });
}
