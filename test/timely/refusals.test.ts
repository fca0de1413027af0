import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ConnectNeededError,
  ContractError,
  NotFoundError,
  PassingError,
  PermissionError,
  RejectedError,
  SyncError,
  ThrottledError,
} from '../../domain/errors.ts';
import { parseRetryAfterMs } from '../../domain/rate-limit/retry-after.ts';
import { dayMs } from '../../domain/time.ts';
import { createTimelyApi } from '../../timely/api.ts';
import { unlimited } from '../support/unlimited.ts';
import { accountId, employee, withTimely } from './fake-timely.ts';

const ada = { name: 'Ada Example', email: 'ada@example.com', roleId: employee, externalId: 'object-1' };
const json = (body: unknown, status: number, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers });
const text = (body: string, status: number) => new Response(body, { status });
const invitation = { method: 'POST', path: /users$/ };

/** The error of our family that a promise fails with. */
async function failure(promise: Promise<unknown>): Promise<SyncError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof SyncError) return error;
  throw new Error('did not fail as one of the family', { cause: error });
}

/** What inviting Ada fails with when Timely answers so. */
async function invitationAnswered(
  answer: Response | 'cut' | 'silence',
  timeoutMs?: number,
): Promise<SyncError> {
  let error: SyncError | undefined;
  await withTimely(async ({ timely, api }) => {
    timely.fault({
      ...invitation,
      times: answer instanceof Response && answer.status === 401 ? 2 : 1,
      answer,
    });
    error = await failure(api.invite(ada));
    expect(timely.mails).toEqual([]);
  }, timeoutMs);
  if (!error) throw new Error('no failure');
  return error;
}

describe('rejections of one person', () => {
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
  ])('are told with %s', async (_shape, answer, fields) => {
    const error = await invitationAnswered(answer);
    expect(error).toBeInstanceOf(RejectedError);
    expect(error).toMatchObject({ fields });
    expect(error.remedy).not.toBe('');
  });

  test('name the field in the message and say what to do about it', async () => {
    const error = await invitationAnswered(json({ errors: { email: ['is invalid'] } }, 422));
    expect(error.message).toBe(
      'Timely refused to invite a person (POST /1.1/42/users: 422): email: is invalid',
    );
    expect(error.remedy).toContain('e-mail address');
  });

  test('show no address, no token and no endless text', async () => {
    const token = 'a'.repeat(43);
    const words = `ada@example.com has ${token} ${'word '.repeat(200)}`;
    const error = await invitationAnswered(json({ errors: { email: [words] } }, 422));
    const shown = `${error.message} ${JSON.stringify(error)}`;
    expect(shown).not.toContain('ada@');
    expect(shown).not.toContain(token);
    expect(error.message.length).toBeLessThan(320);
  });

  test('stay few however many there are', async () => {
    const error = await invitationAnswered(json({ errors: Array.from({ length: 5_000 }, () => 'No.') }, 422));
    expect(error).toMatchObject({ fields: { message: Array.from({ length: 20 }, () => 'No.') } });
  });
});

describe('no seat', () => {
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
  ])('is told apart from other refusals: %s', async (_case, answer) => {
    const error = await invitationAnswered(answer);
    expect(error).toBeInstanceOf(RejectedError);
    expect(error).toMatchObject({ fields: { seat: [expect.any(String)] } });
    expect(error.remedy).toContain('seat');
  });

  test.each([
    ['no number of seats is told', null],
    ['all seats are taken', 0],
  ])('is what a 403 without a word means where %s', (_case, seats) =>
    withTimely(async ({ timely, api }) => {
      timely.seats = seats;
      timely.fault({ ...invitation, answer: json({ errors: { message: 'Forbidden' } }, 403) });
      expect(await failure(api.invite(ada))).toMatchObject({ fields: { seat: [expect.any(String)] } });
    }),
  );

  test.each([
    ['a name that is too long', { name: ['exceeds the limit of 255 characters'] }],
    ['a name that is full of odd letters', { name: ['is full of odd letters'] }],
    ['a full name', { full_name: ["can't be blank"] }],
    ['an address', { email: ['has reached its maximum length, a limit of ours'] }],
  ])('is not made of a refusal of %s', async (_case, errors) => {
    const error = await invitationAnswered(json({ errors }, 422));
    expect(error).toMatchObject({ fields: errors });
  });

  test('is no matter of teams: a plan without them is a missing permission', () =>
    withTimely(async ({ timely, api }) => {
      const answer = json({ errors: { message: 'Upgrade your plan to use teams' } }, 403);
      timely.fault({ method: 'POST', path: /teams$/, answer });
      const error = await failure(api.createTeam({ name: 'Design', members: [] }));
      expect(error).toBeInstanceOf(PermissionError);
      expect(error.message).toContain('create a team');
    }));
});

describe('refusals that stop more than one person', () => {
  const readers = [{ resource: 'user', permissions: ['read'], global_permissions: ['read'] }];
  test.each([
    ['without the right to invite', null, json(readers, 200)],
    ['where our rights are not told either', null, json({ errors: { message: 'Forbidden' } }, 403)],
    ['beside free seats', 80, null],
  ])('403 %s names what was tried and who must be an Admin', (_case, seats, rights) =>
    withTimely(async ({ timely, api }) => {
      timely.seats = seats;
      timely.fault({ ...invitation, answer: json({ errors: { message: 'Forbidden' } }, 403) });
      if (rights) timely.fault({ method: 'GET', path: /permissions$/, answer: rights });
      const error = await failure(api.invite(ada));
      expect(error).toBeInstanceOf(PermissionError);
      expect(error.message).toContain('invite a person');
      expect(error.remedy).toContain('Admin');
    }),
  );

  test.each([
    ['documented in 2025', json({ errors: { message: 'Unauthorized' } }, 401)],
    ['of the newer document', json({ error: 'invalid_token' }, 401)],
    ['without a body', text('', 401)],
  ])('401 twice asks for a new sign-in: body %s', async (_shape, answer) => {
    const error = await invitationAnswered(answer);
    expect(error).toBeInstanceOf(ConnectNeededError);
    expect(error.remedy).toContain('timely-sync connect <tenant>');
  });

  test('404 on something that must be there', () =>
    withTimely(async ({ api }) => {
      const error = await failure(api.renameTeam({ id: 999, name: 'Old', members: [] }, 'Design'));
      expect(error).toBeInstanceOf(NotFoundError);
    }));

  test.each([
    ['a list that is an object', json({ users: [] }, 200)],
    ['a row without id', json([{ email: 'ada@example.com', name: 'Ada', updated_at: 1 }], 200)],
    ['an unheard-of status', json({}, 418)],
    ['a redirect', new Response(null, { status: 302, headers: { location: 'https://example.com/' } })],
  ])('an answer outside the documents: %s', (_case, answer) =>
    withTimely(async ({ timely, api }) => {
      timely.fault({ method: 'GET', path: /users$/, answer });
      const error = await failure(api.users().next());
      expect(error).toBeInstanceOf(ContractError);
      expect(error.message).not.toContain('ada@');
    }),
  );
});

describe('what passes by itself', () => {
  test.each([
    ['500', json({ errors: { message: 'Oops' } }, 500)],
    ['503 without a body', text('', 503)],
    ['408 of a proxy', text('', 408)],
    ['a gateway page with 502', text('<!DOCTYPE html><p>Bad gateway</p>', 502)],
    ['a web page with 200', text('<html>Sign in</html>', 200)],
    ['a web page with 403', text('<html>Blocked</html>', 403)],
    ['broken JSON', text('{"id": 1, "ema', 200)],
    ['nothing where a user is due', text('', 200)],
    ['a lost connection', 'cut' as const],
  ])('%s', async (_case, answer) => {
    expect(await invitationAnswered(answer)).toBeInstanceOf(PassingError);
  });

  test.each([
    [{ 'retry-after': '30' }, 30_000],
    [{}, null],
  ])('503 with %p says for how long', async (headers, retryAfterMs) => {
    const error = await invitationAnswered(json({}, 503, headers));
    expect(error).toBeInstanceOf(PassingError);
    expect(error).toMatchObject({ retryAfterMs });
  });

  test('an answer that takes too long', async () => {
    const error = await invitationAnswered('silence', 80);
    expect(error).toBeInstanceOf(PassingError);
    expect(error.message).toContain('took too long');
  });

  test('nobody listening', async () => {
    const error = await failure(clientOf(`http://127.0.0.1:${await freePort()}`).roles());
    expect(error).toBeInstanceOf(PassingError);
    expect(error.message).toContain('ECONNREFUSED');
  });
});

describe('slowing down', () => {
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
  ])('Retry-After %p is %p ms', (header, expected) => {
    expect(parseRetryAfterMs(header, now)).toBe(expected);
  });

  test('any header is a sane number of milliseconds or null', () => {
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
  ])('429 with %p slows the tenant down and says for how long', (headers, retryAfterMs) =>
    withTimely(async ({ timely, api, slowDowns }) => {
      timely.fault({ method: 'GET', path: /roles$/, answer: json({}, 429, headers) });
      const error = await failure(api.roles());
      expect(error).toBeInstanceOf(ThrottledError);
      expect(error).toMatchObject({ retryAfterMs });
      expect(slowDowns).toEqual([retryAfterMs]);
    }),
  );
});

test('no error holds the access token, not even one that cannot be sent', async () => {
  const token = 'secret-token\nwith-a-line-break';
  const error = await failure(clientOf('http://127.0.0.1:1', token).roles());
  expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain('secret-token');
});

function clientOf(endpoint: string, token = 'token') {
  return createTimelyApi({
    accountId,
    endpoint,
    tokens: { accessToken: async () => token, refresh: async () => token },
    rateLimiter: unlimited,
  });
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return address.port;
}
