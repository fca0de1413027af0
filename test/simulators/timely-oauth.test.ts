import { expect, test } from '@jest/globals';
import { type SimulatorWorld, withWorld } from './world.ts';

const application = ({ sandbox }: SimulatorWorld) => ({
  client_id: sandbox.credentials.applicationId,
  client_secret: sandbox.credentials.applicationSecret,
});
const token = (world: SimulatorWorld, body: Record<string, string>, form = false) =>
  world.request(`${world.sandbox.timely.url}/1.1/oauth/token`, {
    method: 'POST',
    body: form ? new URLSearchParams({ ...application(world), ...body }) : { ...application(world), ...body },
  });
const refresh = (world: SimulatorWorld, refresh_token: string, form = false) =>
  token(world, { grant_type: 'refresh_token', refresh_token }, form);
const current = (world: SimulatorWorld, accessToken: string) =>
  world.request(`${world.sandbox.timely.url}/1.1/${world.sandbox.credentials.accountId}/users/current`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });

test.each([true, false])('a refresh token works once, and then its successor (form body: %s)', (form) =>
  withWorld({}, async (world) => {
    const first = await refresh(world, world.sandbox.credentials.refreshToken, form);
    expect(first.json).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      refresh_token: expect.any(String),
      scope: 'manage',
      created_at: expect.any(Number),
    });
    const again = await refresh(world, world.sandbox.credentials.refreshToken, form);
    expect([again.status, again.json]).toEqual([
      400,
      { error: 'invalid_grant', error_description: expect.any(String) },
    ]);
    const second = await refresh(world, first.json.refresh_token, form);
    const me = await current(world, second.json.access_token);
    expect(me.json).toMatchObject({ email: 'owner@contoso.example', role: { name: 'admin' } });
  }),
);

test('a code from the browser gives one pair, and revokes earlier pairs', () =>
  withWorld({}, async (world) => {
    const { sandbox } = world;
    const redirect = 'http://127.0.0.1:49152/callback';
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: sandbox.credentials.applicationId,
      redirect_uri: redirect,
      state: 'xyz',
    });
    const consent = await world.request(`${sandbox.timely.url}/1.1/oauth/authorize?${query}`);
    const target = new URL(String(consent.headers.location));
    expect([consent.status, target.origin + target.pathname, target.searchParams.get('state')]).toEqual([
      302,
      redirect,
      'xyz',
    ]);
    const before = await refresh(world, sandbox.credentials.refreshToken);
    const grant = {
      grant_type: 'authorization_code',
      code: target.searchParams.get('code') ?? '',
      redirect_uri: redirect,
    };
    const first = await token(world, grant);
    expect((await current(world, first.json.access_token)).status).toBe(200);
    expect((await token(world, grant)).json.error).toBe('invalid_grant');
    expect((await current(world, before.json.access_token)).status).toBe(401);
    expect((await refresh(world, before.json.refresh_token)).status).toBe(400);
  }));

test('a browser shows a page, on which a person of the account consents or does not', () =>
  withWorld({}, async (world) => {
    const { sandbox, request } = world;
    const redirect = 'https://sync.contoso.example/timely';
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: sandbox.credentials.applicationId,
      redirect_uri: redirect,
      state: 'xyz',
    });
    const address = `${sandbox.timely.url}/1.1/oauth/authorize?${query}`;
    const page = await request(address, { headers: { accept: 'text/html,application/xhtml+xml' } });
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('Priya Natarajan')]);
    const submit = async (fields: Record<string, string>) => {
      const { headers } = await request(address, { method: 'POST', body: new URLSearchParams(fields) });
      return new URL(String(headers.location)).searchParams;
    };
    const account = String(sandbox.timely.state.byEmail('priya.natarajan@contoso.example')?.id);
    const denied = await submit({ account, cancel: 'true' });
    expect([denied.get('error'), denied.get('state')]).toEqual(['access_denied', 'xyz']);
    const code = (await submit({ account })).get('code') ?? '';
    const { json } = await token(world, { grant_type: 'authorization_code', code, redirect_uri: redirect });
    expect((await current(world, json.access_token)).json.email).toBe('priya.natarajan@contoso.example');
  }));

test('tokens expire after accessTokenSeconds, and the response says when', async () => {
  let now = new Date('2026-03-01T12:00:00Z');
  await withWorld({ clock: () => now }, async (world) => {
    world.sandbox.timely.state.behaviour.accessTokenSeconds = 7200;
    const { json } = await refresh(world, world.sandbox.credentials.refreshToken);
    expect(json.expires_in).toBe(7200);
    now = new Date('2026-03-01T14:00:01Z');
    expect((await current(world, json.access_token)).status).toBe(401);
    expect((await refresh(world, json.refresh_token)).status).toBe(200);
  });
});

test('a 401 has each documented body', () =>
  withWorld({}, async (world) => {
    expect((await current(world, 'wrong')).json).toEqual({ errors: { message: 'Unauthorized' } });
    world.sandbox.timely.state.behaviour.unauthorizedBody = 'error';
    expect((await current(world, 'wrong')).json).toEqual({ error: 'Unauthorized' });
  }));

test('the token endpoint refuses other grants and wrong applications', () =>
  withWorld({}, async (world) => {
    expect((await token(world, { grant_type: 'client_credentials' })).json.error).toBe(
      'unsupported_grant_type',
    );
    expect((await token(world, { grant_type: 'refresh_token', client_secret: 'wrong' })).json.error).toBe(
      'invalid_client',
    );
  }));

test('a revoked token is refused, and the ledger never shows a token', () =>
  withWorld({}, async (world) => {
    const { json } = await refresh(world, world.sandbox.credentials.refreshToken);
    const url = `${world.sandbox.timely.url}/1.1/oauth`;
    const headers = { authorization: `Bearer ${json.access_token}` };
    const info = await world.request(`${url}/token/info`, { headers });
    expect(info.json.application.uid).toBe(world.sandbox.credentials.applicationId);
    await world.request(`${url}/revoke`, { method: 'POST', body: { token: json.access_token } });
    expect((await current(world, json.access_token)).status).toBe(401);
    const ledger = JSON.stringify(world.sandbox.timely.ledger.entries());
    for (const secret of [
      json.access_token,
      json.refresh_token,
      world.sandbox.credentials.applicationSecret,
    ]) {
      expect(ledger).not.toContain(secret);
    }
  }));
