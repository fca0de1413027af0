import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startSandbox } from '../../simulators/sandbox.ts';
import { stayingPort } from '../support/ports.ts';
import { readAll, type SimulatorWorld, withWorld, worldOf } from './world.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const control = (world: SimulatorWorld, side: 'microsoft' | 'timely', action: string, body?: object) =>
  world.request(`${world.sandbox[side].url}/_control/${action}`, body ? { method: 'POST', body } : {});

test('a restart keeps ports, certificate, secrets, people, links and tokens', async () => {
  let before = { deltaLink: '', credentials: {}, urls: [''], caPem: '', token: '', refreshed: '' };
  const ports = { microsoftPort: await stayingPort(), timelyPort: await stayingPort() };
  await withWorld({ dataDir, ...ports }, async (world) => {
    const { credentials, microsoft, timely, caPem } = world.sandbox;
    const { deltaLink } = await readAll(world, '/users/delta?$select=displayName');
    const refreshed = await refresh(world, credentials.refreshToken);
    before = {
      deltaLink,
      credentials,
      urls: [microsoft.url, timely.url],
      caPem,
      token: await world.graphToken(),
      refreshed: refreshed.json.refresh_token,
    };
    await control(world, 'microsoft', 'join', { name: 'New Person', department: 'Design' });
    await control(world, 'timely', 'invite', { name: 'By Hand', email: 'hand@contoso.example' });
  });
  await withWorld({ dataDir }, async (world) => {
    const { credentials, microsoft, timely, caPem } = world.sandbox;
    expect([microsoft.url, timely.url]).toEqual(before.urls);
    expect({ credentials, caPem }).toMatchObject({ credentials: before.credentials, caPem: before.caPem });
    const headers = { authorization: `Bearer ${before.token}` };
    const { json } = await world.request(before.deltaLink, { headers });
    expect(json.value.map(({ displayName }: { displayName: string }) => displayName)).toEqual(['New Person']);
    expect(timely.state.mailsTo('hand@contoso.example')).toBe(1);
    expect((await refresh(world, credentials.refreshToken)).status).toBe(400);
    expect((await refresh(world, before.refreshed)).status).toBe(200);
  });
});

const refresh = ({ request: ask, sandbox: { timely, credentials } }: SimulatorWorld, refreshToken: string) =>
  ask(`${timely.url}/1.1/oauth/token`, {
    method: 'POST',
    body: {
      grant_type: 'refresh_token',
      client_id: credentials.applicationId,
      client_secret: credentials.applicationSecret,
      refresh_token: refreshToken,
    },
  });

test('an edit is on disk before its response, readable only for the owner', async () => {
  await withWorld({ dataDir }, async (world) => {
    await control(world, 'microsoft', 'leave', { person: 'Anders Holm' });
    await world.timely('/users', {
      method: 'POST',
      body: { user: { name: 'Ada Example', email: 'ada@contoso.example', role_id: 8167 } },
    });
    // Another process on the same data sees what a crash would leave.
    const copy = await startSandbox({ dataDir });
    try {
      expect(() => copy.microsoft.state.user('Anders Holm')).toThrow('There is no user "Anders Holm"');
      expect(copy.timely.state.mailsTo('ada@contoso.example')).toBe(1);
      expect(copy.timely.url).not.toBe(world.sandbox.timely.url);
    } finally {
      await copy.close();
    }
  });
  for (const name of ['microsoft.json', 'timely.json', 'certificate.json', 'timely-ledger.jsonl']) {
    expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
  }
});

test('the ledger continues its numbers after a restart, and returns entries after a number', async () => {
  let last = 0;
  await withWorld({ dataDir }, async (world) => {
    await world.timely('/users');
    await world.timely('/teams');
    last = world.sandbox.timely.ledger.last;
  });
  await withWorld({ dataDir }, async (world) => {
    await world.timely('/roles');
    const { json } = await control(world, 'timely', `ledger?since=${last}`);
    expect(json.entries).toMatchObject([{ number: last + 1, operation: 'roles.list', status: 200 }]);
  });
});

test('other processes make people join, move and leave', () =>
  withWorld({}, async (world) => {
    const { state } = world.sandbox.microsoft;
    const does = async (action: string, body: object) => {
      const { status, json } = await control(world, 'microsoft', action, body);
      expect([status, json.error]).toEqual([200, undefined]);
      return json.did;
    };
    const email = 'new.person@contoso.example';
    expect(await does('join', { name: 'New Person', email, groups: ['Design Guild'] })).toBe(
      'New Person joined.',
    );
    await does('move', { person: email, department: 'Finance' });
    await does('addToGroup', { person: 'New Person', group: 'Executives' });
    await does('removeFromGroup', { person: 'New Person', group: 'Design Guild' });
    await does('createGroup', { name: 'Board' });
    await does('nest', { inner: 'Executives', outer: 'Board' });
    await does('renameGroup', { group: 'Board', name: 'The Board' });
    await does('grantRole', { person: email });
    await does('change', { person: email, properties: { jobTitle: 'Chair', manager: 'Eleanor Vance' } });
    await does('disable', { person: email });
    const { id, properties } = state.user(email);
    expect(properties).toMatchObject({ department: 'Finance', jobTitle: 'Chair', accountEnabled: false });
    expect(state.transitiveGroups(id)).toEqual(
      new Set([state.group('Executives').id, state.group('The Board').id]),
    );
    expect(state.roleAssignments.some(({ principalId }) => principalId === id)).toBe(true);
    for (const action of ['leave', 'restore', 'enable', 'leave', 'purge'])
      await does(action, { person: 'New Person' });
    expect(state.objects.get(id)?.status).toBe('purged');
    await does('guest', { name: 'Gast', email: 'gast@other.example' });
    await does('accept', { person: 'gast@other.example' });
    expect(state.user('Gast').properties.externalUserState).toBe('Accepted');
  }));

test('other processes edit Timely by hand', () =>
  withWorld({}, async (world) => {
    const { state } = world.sandbox.timely;
    const does = async (action: string, body: object) => {
      const { status, json } = await control(world, 'timely', action, body);
      expect([status, json.error]).toEqual([200, undefined]);
    };
    await does('invite', { name: 'By Hand', email: 'hand@contoso.example', role: 'manager' });
    await does('changeRole', { person: 'By Hand', role: 'employee' });
    await does('createTeam', { name: 'New', members: ['By Hand'] });
    await does('addTeamMember', { team: 'New', person: 'Frida Lang', hideHours: true });
    await does('setLead', { team: 'New', person: 'hand@contoso.example' });
    await does('removeTeamMember', { team: 'Design Guild', person: 'Tom Baker' });
    await does('renameTeam', { team: 'New', name: 'Newer' });
    const { json } = await control(world, 'timely', 'state');
    expect(json.teams).toMatchObject([
      { name: 'Design Guild', members: [{ lead: true }, { hide_hours: true }] },
      {
        name: 'Newer',
        members: [
          { email: 'hand@contoso.example', lead: true },
          { email: 'frida@studio-lang.example', hide_hours: true },
        ],
      },
    ]);
    await does('remove', { person: 'hand@contoso.example' });
    await does('deleteTeam', { team: 'Newer' });
    expect(state.byEmail('hand@contoso.example')?.deleted).toBe(true);
    expect(state.teams).toHaveLength(1);
  }));

test.each([
  ['microsoft', 'leave', { person: 'Nobody' }, 'There is no user "Nobody" in the directory.'],
  ['microsoft', 'leave', {}, 'expected string'],
  ['microsoft', 'leave', { person: 'front.desk@contoso.example' }, 'There are 2 of the name'],
  ['microsoft', 'explode', {}, 'There is no action "explode"'],
  ['timely', 'remove', { person: 'owner@contoso.example' }, 'The owner cannot be removed.'],
  ['timely', 'changeRole', { person: 'Lena Fischer', role: 'king' }, 'There is no role "king"'],
  ['timely', 'faults', { set: 'earthquake' }, 'There is no fault "earthquake"'],
] as const)('the action %s %s %j is refused with a sentence', (side, action, body, sentence) =>
  withWorld({}, async (world) => {
    const { status, json } = await control(world, side, action, body);
    expect([status, json.error]).toEqual([400, expect.stringContaining(sentence)]);
  }),
);

test('other processes set, list and clear faults', () =>
  withWorld({}, async (world) => {
    const on = await control(world, 'timely', 'faults', { set: 'seatLimit', setting: { times: 3 } });
    expect(on.json).toMatchObject({ active: [{ name: 'seatLimit', fired: 0 }], unfired: ['seatLimit'] });
    expect(on.json.known.responseLost).toEqual(expect.any(String));
    const off = await control(world, 'timely', 'faults', { clear: true });
    expect(off.json.active).toEqual([]);
  }));

test('the certificate is valid for localhost and 127.0.0.1, by an authority that signs nothing else', () =>
  withWorld({}, async (world) => {
    for (const host of ['localhost', '127.0.0.1']) {
      const url = new URL('/_control/state', world.sandbox.timely.url);
      url.hostname = host;
      expect((await world.request(url.href)).status).toBe(200);
    }
    const stranger = await startSandbox();
    try {
      const other = worldOf(stranger);
      await expect(other.request(`${world.sandbox.timely.url}/_control/state`)).rejects.toThrow(
        'certificate',
      );
    } finally {
      await stranger.close();
    }
  }));
