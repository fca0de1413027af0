import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import getPort from 'get-port';
import {
  ConnectNeededError,
  ContractError,
  NotFoundError,
  PermissionError,
  RejectedError,
  SyncError,
  ThrottledError,
  TransientError,
} from '../../domain/errors.ts';
import { dayMs } from '../../domain/time.ts';
import { parseRetryAfterMs } from '../../http/retry-after.ts';
import { createTimelyApi } from '../../timely/api.ts';
import { unlimitedRate } from '../support/unlimited-rate.ts';
import { accountId, employee, withTimely } from './fake-timely.ts';

const ada = { name: 'Ada Example', email: 'ada@example.com', roleId: employee, externalId: 'object-1' };
const json = (body: unknown, status: number, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers });
const text = (body: string, status: number) => new Response(body, { status });
const invitation = { method: 'POST', path: /users$/ };

/** The SyncError that a promise rejects with. */
async function failureOf(promise: Promise<unknown>): Promise<SyncError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof SyncError) return error;
  throw new Error('It did not reject with a SyncError.', { cause: error });
}

/** The error of inviting Ada when Timely sends this response. */
async function inviteWithResponse(
  response: Response | 'cut' | 'silence',
  timeoutMs?: number,
): Promise<SyncError> {
  let error: SyncError | undefined;
  await withTimely(async ({ timely, api }) => {
    timely.fault({
      ...invitation,
      times: response instanceof Response && response.status === 401 ? 2 : 1,
      response,
    });
    error = await failureOf(api.invite(ada));
    expect(timely.mails).toEqual([]);
  }, timeoutMs);
  if (!error) throw new Error('It did not fail.');
  return error;
}

describe('a rejection of one person', () => {
  test.each([
    [
      'a list by field',
      json({ errors: { email: ['is invalid', 'is odd'] } }, 422),
      { email: ['is invalid', 'is odd'] },
    ],
    [
      'a text by field',
      json({ errors: { name: 'must not have digits' } }, 422),
      { name: ['must not have digits'] },
    ],
    ['a message', json({ errors: { message: 'No.' } }, 422), { message: ['No.'] }],
    ['a text', json({ errors: 'No.' }, 409), { message: ['No.'] }],
    ['a list', json({ errors: ['No.', 'Never.'] }, 400), { message: ['No.', 'Never.'] }],
    [
      'fields one level down',
      json({ errors: { user: { email: ['is taken'] } } }, 422),
      { email: ['is taken'] },
    ],
    [
      'an OAuth error',
      json({ error: 'bad', error_description: 'Bad thing' }, 400),
      { message: ['Bad thing'] },
    ],
    ['text in quotes', text('"Email is taken"', 422), { message: ['Email is taken'] }],
    ['plain text', text('Email is taken', 422), { message: ['Email is taken'] }],
    ['nothing', text('', 422), {}],
  ])('has the messages of %s', async (_shape, response, fields) => {
    const error = await inviteWithResponse(response);
    expect(error).toBeInstanceOf(RejectedError);
    expect(error).toMatchObject({ fields });
    expect(error.remedy).not.toBe('');
  });

  test('names the field and says what to do', async () => {
    const error = await inviteWithResponse(json({ errors: { email: ['is invalid'] } }, 422));
    expect(error.message).toBe(
      'Timely refused to invite a person (POST /1.1/42/users: 422): email: is invalid',
    );
    expect(error.remedy).toContain('e-mail address');
  });

  test('shows no address, no token and no endless text', async () => {
    const token = 'a'.repeat(43);
    const words = `ada@example.com has ${token} ${'word '.repeat(200)}`;
    const error = await inviteWithResponse(json({ errors: { email: [words] } }, 422));
    const shown = `${error.message} ${JSON.stringify(error)}`;
    expect(shown).not.toContain('ada@');
    expect(shown).not.toContain(token);
    expect(error.message.length).toBeLessThan(320);
  });

  test('has at most twenty messages', async () => {
    const error = await inviteWithResponse(json({ errors: Array.from({ length: 5_000 }, () => 'No.') }, 422));
    expect(error).toMatchObject({ fields: { message: Array.from({ length: 20 }, () => 'No.') } });
  });
});

describe('a missing seat', () => {
  test.each([
    ['402', text('', 402)],
    ['422 on the field', json({ errors: { available_seats: ['none left'] } }, 422)],
    ['422 in words', json({ errors: { base: ['Your plan is limited to 50 users'] } }, 422)],
    ['403 in words', json({ errors: { message: 'No free seat' } }, 403)],
    ['422 the other way round', json({ errors: { base: ['You have reached your limit'] } }, 422)],
    ['422 about a quota', json({ errors: { base: ['Quota exceeded'] } }, 422)],
    ['422 about being full', json({ errors: { base: ['This workspace is full'] } }, 422)],
    ['422 about licences', json({ errors: 'No licences left' }, 422)],
    ['422 in quotes', text('"User limit has been reached"', 422)],
    ['422 in a list', json({ errors: ['You have 0 available seats'] }, 422)],
    ['422 about the subscription', json({ errors: { message: 'Subscription is not active' } }, 422)],
  ])('is recognized: %s', async (_case, response) => {
    const error = await inviteWithResponse(response);
    expect(error).toBeInstanceOf(RejectedError);
    expect(error).toMatchObject({ fields: { seat: [expect.any(String)] } });
    expect(error.remedy).toContain('seat');
  });

  test.each([
    ['the account shows no number of seats', null],
    ['all seats are taken', 0],
  ])('is what a 403 without a reason means when %s', (_case, seats) =>
    withTimely(async ({ timely, api }) => {
      timely.seats = seats;
      timely.fault({ ...invitation, response: json({ errors: { message: 'Forbidden' } }, 403) });
      expect(await failureOf(api.invite(ada))).toMatchObject({ fields: { seat: [expect.any(String)] } });
    }),
  );

  test.each([
    ['a name that is too long', { name: ['exceeds the limit of 255 characters'] }],
    ['a name that is full of odd letters', { name: ['is full of odd letters'] }],
    ['a full name', { full_name: ["can't be blank"] }],
    ['an address', { email: ['has reached its maximum length, a limit of ours'] }],
  ])('is not read from a refusal of %s', async (_case, errors) => {
    const error = await inviteWithResponse(json({ errors }, 422));
    expect(error).toMatchObject({ fields: errors });
  });

  test('does not apply to teams: a plan without them is a missing permission', () =>
    withTimely(async ({ timely, api }) => {
      const response = json({ errors: { message: 'Upgrade your plan to use teams' } }, 403);
      timely.fault({ method: 'POST', path: /teams$/, response });
      const error = await failureOf(api.createTeam({ name: 'Design', members: [] }));
      expect(error).toBeInstanceOf(PermissionError);
      expect(error.message).toContain('create a team');
    }));
});

describe('a refusal that stops more than one person', () => {
  const readers = [{ resource: 'user', permissions: ['read'], global_permissions: ['read'] }];
  test.each([
    ['without the right to invite', null, json(readers, 200)],
    ['when our permissions are refused too', null, json({ errors: { message: 'Forbidden' } }, 403)],
    ['when seats are free', 80, null],
  ])('names what was attempted and who must be an Admin: 403 %s', (_case, seats, rights) =>
    withTimely(async ({ timely, api }) => {
      timely.seats = seats;
      timely.fault({ ...invitation, response: json({ errors: { message: 'Forbidden' } }, 403) });
      if (rights) timely.fault({ method: 'GET', path: /permissions$/, response: rights });
      const error = await failureOf(api.invite(ada));
      expect(error).toBeInstanceOf(PermissionError);
      expect(error.message).toContain('invite a person');
      expect(error.remedy).toContain('Admin');
    }),
  );

  test.each([
    ['documented in 2025', json({ errors: { message: 'Unauthorized' } }, 401)],
    ['of the newer document', json({ error: 'invalid_token' }, 401)],
    ['without a body', text('', 401)],
  ])('asks for a new sign-in after two 401: body %s', async (_shape, response) => {
    const error = await inviteWithResponse(response);
    expect(error).toBeInstanceOf(ConnectNeededError);
    expect(error.remedy).toContain('timely-sync connect <tenant>');
  });

  test('is a NotFoundError for a 404 on something that must exist', () =>
    withTimely(async ({ api }) => {
      const error = await failureOf(api.renameTeam({ id: 999, name: 'Old', members: [] }, 'Design'));
      expect(error).toBeInstanceOf(NotFoundError);
    }));

  test.each([
    ['a list that is an object', json({ users: [] }, 200)],
    ['a row without id', json([{ email: 'ada@example.com', name: 'Ada', updated_at: 1 }], 200)],
    ['an undocumented status', json({}, 418)],
    ['a redirect', new Response(null, { status: 302, headers: { location: 'https://example.com/' } })],
  ])('is a ContractError outside the documents: %s', (_case, response) =>
    withTimely(async ({ timely, api }) => {
      timely.fault({ method: 'GET', path: /users$/, response });
      const error = await failureOf(api.users().next());
      expect(error).toBeInstanceOf(ContractError);
      expect(error.message).not.toContain('ada@');
    }),
  );
});

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
    const error = await failureOf(clientOf(`http://127.0.0.1:${await getPort({ host: '127.0.0.1' })}`).roles());
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

function clientOf(endpoint: string, token = 'token') {
  return createTimelyApi({
    accountId,
    endpoint,
    tokens: { accessToken: async () => token, refresh: async () => token },
    rateLimiter: unlimitedRate,
  });
}
