import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { SimulatedDirectory } from '../../../simulators/directory.ts';
import { stayingPort } from '../../support/ports.ts';
import { nextOf, withOkta } from './okta-client.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'okta-test-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

test('a restart keeps people, memberships, tokens, cursors, nonces, the log and the behaviour', async () => {
  let link = '';
  let logLink = '';
  let token = '';
  let urls: string[] = [];
  await withOkta({ dataDir, oktaPort: await stayingPort() }, async (okta) => {
    await okta.order('join', { name: 'New Person', department: 'Design', groups: ['Timely Users'] });
    await okta.order('behave', { dpop: 'ignored' });
    token = String((await okta.askToken()).body.access_token);
    await okta.order('behave', { dpop: 'required', assigneesByGroup: true });
    await okta.signIn();
    link = nextOf(await okta.get('/users?limit=50')) ?? '';
    logLink = nextOf(await okta.get('/logs?limit=1000')) ?? '';
    urls = [okta.world.sandbox.okta.url];
  });
  await withOkta({ dataDir }, async (okta) => {
    const { url, state } = okta.world.sandbox.okta;
    expect([url]).toEqual(urls);
    const headers = { authorization: `Bearer ${token}` };
    const { json } = await okta.world.request(link, { headers });
    expect(json.map(({ profile }: { profile: { displayName: string } }) => profile.displayName)).toContain(
      'New Person',
    );
    expect((await okta.world.request(logLink, { headers })).json).toEqual([]);
    expect(state.behaviour).toMatchObject({ dpop: 'required', assigneesByGroup: true });
    expect(state.group('Timely Users').members.has(state.user('New Person').id)).toBe(true);
    expect(state.nonces).toHaveLength(1);
    expect(() => state.join({ displayName: 'New Person' })).toThrow('is taken');
  });
});

test('both directories take the same edits and show the same view', () =>
  withOkta({}, async (okta) => {
    const { microsoft, okta: simulator } = okta.world.sandbox;
    const directories: SimulatedDirectory[] = [microsoft, simulator];
    for (const { state: directory } of directories) {
      const { id } = directory.join({
        displayName: 'Nia Novak',
        department: 'Design',
        groups: ['Timely Users'],
      });
      directory.change('Nia Novak', { jobTitle: 'Designer', manager: 'Amelie Roth', companyName: null });
      directory.removeFromGroup(id, 'Timely Users');
      const group = directory.createGroup({ displayName: 'New Group' });
      directory.renameGroup(group.id, 'Renamed Group');
      directory.addToGroup(id, 'Renamed Group');
      directory.setEnabled('Chen Wei', false);
      directory.leave('Hugo Lefevre');
      directory.restore('Hugo Lefevre');
      directory.purge('Hana Sato');
      directory.assignToApp(id);
      directory.deleteGroup('Timely - Gemini');
    }
    const views = await Promise.all(
      [microsoft, simulator].map(({ url }) => okta.world.request(`${url}/_control/state`)),
    );
    const [first, second] = views.map(({ json }) => {
      const person = json.users.find(
        ({ displayName }: { displayName: string }) => displayName === 'Nia Novak',
      );
      const off = json.users.find(({ displayName }: { displayName: string }) => displayName === 'Chen Wei');
      return {
        person: [person.mail, person.userPrincipalName, person.department, person.status],
        off: off.accountEnabled,
        groups: json.groups
          .map(({ displayName }: { displayName: string }) => displayName)
          .filter((name: string) => name !== 'Everyone')
          .sort(),
        hana: json.users.some(({ displayName }: { displayName: string }) => displayName === 'Hana Sato'),
      };
    });
    expect(second).toEqual(first);
    expect(simulator.state.user('Nia Novak').profile).toMatchObject({
      title: 'Designer',
      managerId: 'amelie.roth@contoso.example',
    });
  }));

test('control edits are in the ledger only as what the sync asks, and wrong ones are explained', () =>
  withOkta({}, async (okta) => {
    await expect(okta.order('leave', { person: 'Nobody' })).rejects.toThrow('There is no user \\"Nobody\\"');
    await expect(okta.order('guest', {})).rejects.toThrow(
      'There is no action \\"guest\\". Actions: join, leave',
    );
    await expect(okta.order('status', { person: 'Chen Wei', status: 'GONE' })).rejects.toThrow('status');
    const { id } = await okta.order('status', { person: 'Chen Wei', status: 'LOCKED_OUT' });
    expect((await okta.get(`/users/${id}`)).json.status).toBe('LOCKED_OUT');
    const { ledger } = okta.world.sandbox.okta;
    expect(ledger.entries().map(({ operation, subject, status }) => [operation, subject, status])).toEqual([
      ['signIn.token', '0oa1b2c3d4e5f6g7h8i9', 400],
      ['signIn.token', '0oa1b2c3d4e5f6g7h8i9', 200],
      ['users.get', 'chen.wei@contoso.example', 200],
    ]);
    expect(ledger.writes()).toEqual([]);
  }));
