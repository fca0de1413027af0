import { describe, expect, test } from '@jest/globals';
import {
  ConnectNeededError,
  ContractError,
  NotFoundError,
  PermissionError,
  RejectedError,
} from '../../domain/errors.ts';
import { ada, failureOf, invitation, inviteWithResponse, json, text } from './failed-invitation.ts';
import { withTimely } from './fake-timely.ts';

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
      'Timely refused to invite a person (POST /1.1/42/users: 422): email: is invalid.',
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
