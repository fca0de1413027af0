/** What other tenants, or other versions of SAP, do in another way. */
import { expect, test } from '@jest/globals';
import { urns } from '../../../simulators/sap/directory/schemas.ts';
import { basic, readAllOf, withSap } from './sap-world.ts';

test('a token of the system signs in for an hour', async () => {
  let nowMs = Date.now();
  await withSap({ clock: () => new Date(nowMs) }, async (world) => {
    const { state } = world.sap;
    const form = (grant: string) => new URLSearchParams({ grant_type: grant });
    const token = (headers: Record<string, string>, grant = 'client_credentials') =>
      world.request('/oauth2/token', { method: 'POST', headers, body: form(grant) });
    expect((await token({})).status).toBe(401);
    expect((await token(basic(state), 'password')).status).toBe(400);
    const { json } = await token(basic(state));
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 3_600 });
    const headers = { authorization: `Bearer ${json.access_token}` };
    const status = async () => (await world.request('/scim/Users?count=1', { headers })).status;
    expect(await status()).toBe(200);
    await world.order('behave', { tokens: 'refused' });
    expect(await status()).toBe(401);
    await world.order('behave', { tokens: 'accepted' });
    nowMs += 3_600_000;
    expect(await status()).toBe(401);
  });
});

test('compressed answers have another ETag', () =>
  withSap({}, async (world) => {
    const { id, version } = world.sap.state.user('Grace Hall');
    const etag = async (encoding: string) =>
      (await world.get(`/Users/${id}`, { headers: { 'accept-encoding': encoding } })).headers.etag;
    expect(await etag('gzip')).toBe(`"${version}"`);
    await world.order('behave', { compression: 'on' });
    expect(await etag('gzip')).toBe(`"${version}-gzip"`);
    expect(await etag('identity')).toBe(`"${version}"`);
  }));

test('counts are texts, the last page has no nextId, and names are in small letters', () =>
  withSap({}, async (world) => {
    const { state } = world.sap;
    await world.order('behave', {
      ...{ counts: 'texts', lastNextId: 'absent' },
      ...{ extensionNames: 'small letters', memberTypes: 'absent' },
    });
    const { json } = await world.get('/Users?startId=initial&count=100');
    expect(json.totalResults).toBe(String(json.Resources.length));
    expect(json).not.toHaveProperty('nextId');
    expect(Object.keys(json.Resources[0])).toContain(urns.sapUser.toLowerCase());
    const group = (await world.get(`/Groups/${state.group('Timely Users').id}`)).json;
    expect(Object.keys(group.members[0])).toEqual(['value', '$ref']);
  }));

test('people come and go while somebody reads', () =>
  withSap({}, async (world) => {
    const { state, faults } = world.sap;
    const before = state.users().filter(({ blocked }) => !blocked).length;
    faults.set('joinsMeanwhile', { attempt: 2, times: 1 });
    const { pages } = await readAllOf(world, '/Users', '&count=20');
    expect([pages[0]?.json.totalResults, pages[1]?.json.totalResults]).toEqual([before, before + 1]);
    faults.set('leavesMeanwhile', { times: 1 });
    expect((await world.get('/Users')).json.totalResults).toBe(before);
    expect(faults.unfired()).toEqual([]);
  }));
