/** Sessions and forms: whose they are, how long they last, and that nothing that was sent gets lost. */
import { expect, test } from '@jest/globals';
import { consoleKey, openConsole } from './support/console-in-process.ts';

const decides = { by: 'ada@contoso.example', mayDecide: true, mayLook: true };
const minute = 60_000;

test('a session of one tenant opens no other', async () => {
  const { browser, pathOf } = openConsole({ whoMay: decides });
  const ada = await browser().signIn('contoso');
  expect((await ada.get(`${pathOf('contoso')}/people`)).status).toBe(200);
  const { status, location } = await ada.get(pathOf('fabrikam'));
  expect([status, location]).toEqual([302, expect.stringContaining(`${pathOf('fabrikam')}/sign-in?`)]);
});

test('a session ends after an hour without use, and after eight hours in use', async () => {
  const { browser, pathOf, now } = openConsole({ whoMay: decides });
  const [idle, busy] = [await browser().signIn('contoso'), await browser().signIn('contoso')];
  const opens = async (person: typeof idle) =>
    (await person.get(`${pathOf('contoso')}/people`)).status === 200;
  const begun = now.ms;
  while (now.ms < begun + 8 * 60 * minute - 30 * minute) {
    now.ms += 30 * minute;
    expect([now.ms - begun, await opens(busy)]).toEqual([now.ms - begun, true]);
  }
  expect(await opens(idle)).toBe(false);
  now.ms += 30 * minute;
  expect(await opens(busy)).toBe(false);
});

test('a session of an earlier key goes on while that key is known', async () => {
  const old = openConsole({ whoMay: decides });
  const ada = await old.browser().signIn('contoso');
  const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const replaced = openConsole({ whoMay: decides, keys: [key, consoleKey] });
  const gone = openConsole({ whoMay: decides, keys: [key, other] });
  const cookie = [...ada.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const path = `${old.pathOf('contoso')}/people`;
  expect((await replaced.browser().get(path, { cookie })).status).toBe(200);
  expect((await gone.browser().get(path, { cookie })).status).toBe(404);
  expect((await gone.browser().get(gone.pathOf('contoso'), { cookie })).status).toBe(302);
});

test.each([
  ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['a page that hides where it is', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['a neighbour', { origin: 'https://other.contoso.example', 'sec-fetch-site': 'same-site' }],
])('a form of %s does nothing, even with the right token', async (_, headers) => {
  const { browser, pathOf, logged } = openConsole({ whoMay: decides });
  const ada = await browser().signIn('contoso');
  const { status, page } = await ada.post(`${pathOf('contoso')}/approvals`, { decision: 'approve' }, headers);
  expect([status, page]).toEqual([403, expect.stringContaining('Nothing was done')]);
  expect((await ada.post(`${pathOf('contoso')}/sign-out`, {}, headers)).status).toBe(403);
  expect(ada.cookies.has('__Host-timely-sync')).toBe(true);
  expect(logged.join()).toContain('refused a form of another site');
});

test('what is no form is refused', async () => {
  const { app, pathOf } = openConsole();
  for (const init of [
    { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
    { method: 'PUT' },
    { method: 'DELETE' },
  ])
    expect((await app.request(`https://sync.contoso.example${pathOf('contoso')}`, init)).status).toBe(403);
});

test('a form of an earlier session is shown again, with all that was filled in, and then sent', async () => {
  const { browser, pathOf } = openConsole({ whoMay: decides });
  const ada = await browser().signIn('contoso');
  const path = `${pathOf('contoso')}/approvals`;
  const { status, page } = await ada.post(path, { token: 'of-yesterday', note: 'a <b> & "c"' });
  expect([status, page]).toEqual([401, expect.stringContaining('Send again')]);
  expect(page).toContain('name="note" value="a &lt;b&gt; &amp; &quot;c&quot;"');
  expect(page).toContain(`name="token" value="${ada.formToken}"`);
  expect(page).not.toContain('of-yesterday');
});

test('what was sent after the end of a session is kept until the person has signed in again', async () => {
  const { browser, pathOf, now } = openConsole({ whoMay: decides });
  const ada = await browser().signIn('contoso');
  const path = `${pathOf('contoso')}/approvals`;
  now.ms += 61 * minute;
  const sent = await ada.post(path, { note: 'spoke to HR' });
  expect([sent.status, sent.page]).toEqual([401, expect.stringContaining('nothing was done yet')]);
  expect(sent.page).toContain(`href="${pathOf('contoso')}/sign-in?to=`);
  expect(ada.cookies.has('__Host-timely-sync-kept')).toBe(true);
  await ada.signIn('contoso');
  // Another page does not take it.
  await ada.get(`${pathOf('contoso')}/people`);
  expect(ada.cookies.has('__Host-timely-sync-kept')).toBe(true);
  await ada.get(path);
  expect(ada.cookies.has('__Host-timely-sync-kept')).toBe(false);
});

test('what is too large for a cookie stays on the page itself', async () => {
  const { browser, pathOf } = openConsole({ whoMay: decides });
  const fields = Array.from({ length: 3_000 }, (_, index): [string, string] => [
    'except',
    `${index * 7_919}`,
  ]);
  const { status, page } = await browser().post(`${pathOf('contoso')}/approvals`, fields);
  expect([status, page]).toEqual([401, expect.stringContaining('in another window')]);
  expect(page.match(/name="except"/g)).toHaveLength(3_000);
});

test('signing out ends the session in this browser', async () => {
  const { browser, pathOf } = openConsole({ whoMay: decides });
  const ada = await browser().signIn('contoso');
  const { status, location } = await ada.post(`${pathOf('contoso')}/sign-out`, {});
  expect([status, location]).toEqual([303, `${pathOf('contoso')}/signed-out`]);
  expect((await ada.get(location ?? '')).page).toContain('You are signed out here');
  expect((await ada.get(`${pathOf('contoso')}/people`)).status).toBe(302);
});

test('a cookie is for this host alone, over TLS alone, and hidden from scripts', async () => {
  const { browser, pathOf, now } = openConsole({ whoMay: decides });
  const ada = await browser().signIn('contoso');
  now.ms += 10 * minute;
  const [cookie = ''] = (await ada.get(`${pathOf('contoso')}/people`)).headers.getSetCookie();
  expect(cookie).toMatch(/^__Host-timely-sync=/);
  expect(cookie.split('; ').slice(1).sort()).toEqual([
    'HttpOnly',
    'Max-Age=3600',
    'Path=/',
    'SameSite=Lax',
    'Secure',
  ]);
});

test('a cookie of one kind is no other, and a changed one is none', async () => {
  const { browser, pathOf } = openConsole({ whoMay: decides });
  const ada = await browser().signIn('contoso');
  const sealed = ada.cookies.get('__Host-timely-sync') ?? '';
  const opens = async (name: string, value: string) => {
    const { status } = await browser().get(`${pathOf('contoso')}/people`, { cookie: `${name}=${value}` });
    return status === 200;
  };
  expect(await opens('__Host-timely-sync', sealed)).toBe(true);
  expect(await opens('__Host-timely-sync', `${sealed.slice(0, -2)}AA`)).toBe(false);
  expect(await opens('timely-sync', sealed)).toBe(false);
  const stranger = browser();
  await stranger.post(`${pathOf('contoso')}/approvals`, { note: 'x' });
  expect(await opens('__Host-timely-sync', stranger.cookies.get('__Host-timely-sync-kept') ?? '')).toBe(
    false,
  );
});
