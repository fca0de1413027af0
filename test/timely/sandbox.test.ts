import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { TransientError } from '../../domain/errors.ts';
import { type Sandbox, startSandbox } from '../../simulators/sandbox.ts';
import { createTimelyApi } from '../../timely/api.ts';
import { readAllUsers } from '../../timely/read.ts';
import { createTokenSource } from '../../timely/token-source.ts';
import { unlimitedRate } from '../support/unlimited-rate.ts';
import { MemoryVault } from './fake-sign-in.ts';

test('the whole client works against the simulated Timely, and a lost response causes no second e-mail', () =>
  withSandbox(async (sandbox) => {
    const { timely } = sandbox;
    const api = clientOf(sandbox);
    const presentBefore = timely.state.present.map((user) => user.id).sort();
    const seen: number[] = [];
    const verdict = await readAllUsers(api, async (users) => {
      seen.push(...users.filter((user) => !user.removed).map((user) => user.id));
    });
    expect(verdict).toEqual({ complete: true, present: presentBefore.length, reasons: [] });
    expect([...new Set(seen)].sort()).toEqual(presentBefore);

    const role = (await api.roles()).find(({ name }) => name === 'employee');
    if (!role) throw new Error('the sandbox should have the role');
    const grace = {
      name: 'Grace Example',
      email: 'grace@contoso.example',
      roleId: role.id,
      externalId: 'object-9',
    };
    timely.faults.set('responseLost', { operation: 'users.invite', times: 1 });
    await expect(api.invite(grace)).rejects.toThrow(TransientError);
    const invited = await api.findPresent({ ...grace, since: 0 });
    expect(invited).toMatchObject({ email: grace.email, externalId: 'object-9', roleId: role.id });
    expect(timely.state.mailsTo(grace.email)).toBe(1);

    const userId = invited?.id ?? 0;
    const members = [{ userId, lead: false, hideHours: true }];
    const team = await api.createTeam({ name: 'Compilers', members: [] });
    await api.setTeamMembers(team, members, { grantOnJoin: false, revokeOnLeave: true });
    expect(await api.teams()).toContainEqual({ id: team.id, name: 'Compilers', members });

    timely.faults.set('tokenExpired', { times: 1 });
    await api.remove(userId);
    expect(timely.state.user(userId)?.deleted).toBe(true);
    expect(timely.faults.unfired()).toEqual([]);
  }));

async function withSandbox(work: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  const sandbox = await startSandbox();
  try {
    await work(sandbox);
  } finally {
    await sandbox.close();
  }
}

function clientOf({ credentials, timely, caPem }: Sandbox) {
  const trusting = fetchTrusting(caPem);
  const endpoint = timely.url;
  const tokens = createTokenSource({
    endpoint,
    application: { clientId: credentials.applicationId, clientSecret: credentials.applicationSecret },
    initialRefreshToken: credentials.refreshToken,
    vault: new MemoryVault(),
    fetch: trusting,
  });
  return createTimelyApi({
    accountId: credentials.accountId,
    endpoint,
    tokens,
    rateLimiter: unlimitedRate,
    fetch: trusting,
  });
}

/** `fetch` that trusts one authority. A process of its own would read NODE_EXTRA_CA_CERTS at its start. */
function fetchTrusting(ca: string): typeof fetch {
  return (input, init) =>
    new Promise((resolve, reject) => {
      const { method, url, headers } = new Request(input, init);
      const outgoing = request(url, { method, ca, headers: Object.fromEntries(headers) }, (incoming) => {
        const status = incoming.statusCode ?? 0;
        text(incoming).then((body) => resolve(new Response(body, { status })), reject);
      });
      outgoing.on('error', reject);
      outgoing.end(typeof init?.body === 'string' ? init.body : undefined);
    });
}
