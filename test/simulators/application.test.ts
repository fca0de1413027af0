/** The simulated application's registration: its permissions and the end of its secret. */
import { expect, test } from '@jest/globals';
import { type SimulatorWorld, withWorld } from './world.ts';

const set = (world: SimulatorWorld, body: unknown) =>
  world.request(`${world.sandbox.microsoft.url}/_control/application`, { method: 'POST', body });

test.each([
  ['User.Read.All', '/users/delta'],
  ['User.Read.All', '/users?$top=1'],
  ['GroupMember.Read.All', '/groups/delta'],
  ['GroupMember.Read.All', '/groups?$top=1'],
  ['RoleManagement.Read.Directory', '/roleManagement/directory/roleAssignments'],
  ['Application.Read.All', '/servicePrincipals'],
])('%s alone is enough for %s, and other permissions are not', (permission, path) =>
  withWorld({}, async (world) => {
    const { status } = await set(world, { permissions: [permission] });
    expect(status).toBe(200);
    expect((await world.graph(path)).status).toBe(200);
    await set(world, { permissions: ['Mail.Read'] });
    const refused = await world.graph(path);
    expect([refused.status, refused.json.error.code]).toEqual([403, 'Authorization_RequestDenied']);
  }),
);

test('a token holds the permissions of the application', () =>
  withWorld({}, async (world) => {
    await set(world, { permissions: ['User.Read.All'] });
    const payload = (await world.graphToken()).split('.')[1] ?? '';
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      roles: ['User.Read.All'],
    });
  }));

test('the registration shows the end and the hint of the secret, never the secret', () =>
  withWorld({}, async (world) => {
    const { clientId, clientSecret } = world.sandbox.credentials;
    await set(world, { secretEndsAt: '2030-05-06T07:08:09Z' });
    const path = `/applications(appId='${clientId}')?$select=passwordCredentials,keyCredentials`;
    const { text, json } = await world.graph(path);
    expect(json).toMatchObject({
      passwordCredentials: [
        { endDateTime: '2030-05-06T07:08:09Z', hint: clientSecret.slice(0, 3), secretText: null },
      ],
      keyCredentials: [],
    });
    expect(text).not.toContain(clientSecret);
    expect((await world.graph("/applications(appId='0')")).status).toBe(404);
  }));
