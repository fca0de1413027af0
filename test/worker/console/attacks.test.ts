/** What nobody does by accident: broken paths, odd methods, huge and hostile inputs. Each gets a page, and never an error of ours. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../../activities/index.ts';
import { arrangeTenant, type TenantInProcess } from '../../activities/support/tenant-in-process.ts';
import { person, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { hostileTexts } from '../../support/texts/hostile-texts.ts';
import { consoleUrl, openConsole } from './support/console-in-process.ts';
import { textOf } from './support/html.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let arranged: TenantInProcess;
beforeAll(async () => {
  store = await openTestStore();
  arranged = await arrangeTenant(store.database, worldWith({ directory: { people: [person('Ada')] } }));
  await arranged.cycle();
});
afterAll(() => store.close());

/** The console over a real store, and somebody who may do everything there. */
async function opened() {
  const answers = createActivities(arranged.services);
  const site = openConsole({
    answers,
    whoMay: { by: 'lea@contoso.example', mayDecide: true, mayLook: true },
  });
  const browser = await site.browser().signIn(arranged.tenant);
  return { ...site, browser, base: site.pathOf(arranged.tenant) };
}

describe('a page over a real store', () => {
  const searched = [
    '/people',
    '/cycles/1',
    '/holds',
    '/findings',
    '/journal',
    '/journal.csv',
    '/approvals/1',
  ];

  test.each(searched)('%s answers every hostile text that is looked for', async (path) => {
    const { browser, base } = await opened();
    for (const text of hostileTexts) {
      const query = new URLSearchParams({ find: text, search: text });
      const { status } = await browser.get(`${base}${path}?${query}`);
      expect([text, status]).toEqual([text, path === '/approvals/1' ? 404 : 200]);
    }
  });

  const places = ['-1', '1.5', 'NaN', 'Infinity', '1e300', '2147483648', '9007199254740991', '0x10', '%00'];
  test.each([...searched.slice(0, 6), '/cycles', '/approvals', '/approvals?all=yes&'])(
    '%s answers every place in a list',
    async (path) => {
      const { browser, base } = await opened();
      for (const place of places) {
        const { status } = await browser.get(`${base}${path}${path.includes('?') ? '' : '?'}after=${place}`);
        expect([place, status]).toEqual([place, 200]);
      }
    },
  );

  test('the journal answers every day and kind', async () => {
    const { browser, base } = await opened();
    for (const since of ['0000-01-01', '0001-01-01', '9999-12-31', '2026-02-30', "'", '%00'])
      expect([since, (await browser.get(`${base}/journal?since=${since}`)).status]).toEqual([since, 200]);
    expect((await browser.get(`${base}/journal?kind=__proto__`)).status).toBe(200);
    expect((await browser.get(`${base}/findings?kind=constructor`)).status).toBe(200);
  });
});

describe('a path', () => {
  test.each([
    ...[
      '//approvals',
      '/approvals/',
      '/approvals/1/',
      '/approvals/%31%2f..',
      '/approvals/-1',
      '/approvals/1e3',
    ],
    ...[
      '/cycles/%00',
      '/cycles/1;x=1',
      '/journal.csv%00.html',
      '/journal.xml',
      '/%2e%2e/tenants',
      '/..;/tenants',
    ],
    ...['/\\..\\tenants', '/people%2f', '/PEOPLE', '/approvals%5c1', '/cycles/9999999999'],
  ])('that nobody makes leads nowhere: %s', async (path) => {
    const { browser, base } = await opened();
    const { status, page } = await browser.get(`${base}${path}`);
    expect([302, 404]).toContain(status);
    expect(page).not.toContain('Something went wrong');
  });

  test('with a check of another tenant, a longer or an empty one opens nothing', async () => {
    const { browser, pathOf } = await opened();
    const [, check = ''] = pathOf('fabrikam').split('~');
    for (const place of [`${arranged.tenant}~${check}`, `${arranged.tenant}~`, `${arranged.tenant}`])
      expect((await browser.get(`/t/${place}/people`)).status).toBe(404);
  });
});

describe('a method', () => {
  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'])('%s does nothing', async (method) => {
    const { app, browser, base } = await opened();
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    for (const path of ['/', base, `${base}/approvals/1`, '/set-up', '/tenants', '/sign-in/callback']) {
      const response = await app.request(`${consoleUrl}${path}`, { method, headers: { cookie } });
      expect(response.status).toBe(403);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('HEAD shows what GET would, without the page, and takes nothing that was kept', async () => {
    const { app, browser, base, now } = await opened();
    now.ms += 61 * 60_000;
    await browser.post(`${base}/approvals/1`, { note: 'spoke to HR' });
    await browser.signIn(arranged.tenant);
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const url = `${consoleUrl}${base}/approvals/1`;
    const response = await app.request(url, { method: 'HEAD', headers: { cookie } });
    expect(await response.text()).toBe('');
    expect(response.headers.getSetCookie().join()).not.toContain('timely-sync-kept');
  });

  test('POST without a form, or with one of another kind, does nothing', async () => {
    const { app, base } = await opened();
    for (const type of [
      'application/json',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencodedx',
      'text/html, application/x-www-form-urlencoded',
    ]) {
      const init = { method: 'POST', body: 'go=send', headers: { 'content-type': type, origin: consoleUrl } };
      expect([type, (await app.request(`${consoleUrl}${base}/sign-out`, init)).status]).toEqual([type, 403]);
    }
  });
});

describe('a form', () => {
  test('that would be too large when it is opened again is not kept, and shown at once', async () => {
    const { app, browser, base } = await opened();
    // As no browser sends it: each of these characters becomes nine when it is written down.
    const body = `note=${'名'.repeat(60_000)}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: consoleUrl };
    const sent = await app.request(`${consoleUrl}${base}/approvals`, { method: 'POST', body, headers });
    expect(sent.status).toBe(401);
    for (const cookie of sent.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split('; ')[0] ?? '').split('=');
      browser.cookies.set(name, value);
    }
    expect((await browser.get(`${base}/approvals`)).status).toBe(200);
  });

  test('with the same field a thousand times, or with hostile ones, gets an answer', async () => {
    const { browser, base } = await opened();
    const fields: [string, string][] = hostileTexts.flatMap((text) =>
      ['row', 'shown', 'other', 'kind', 'go', 'decision', 'note', 'search', 'from'].map(
        (name): [string, string] => [name, text],
      ),
    );
    const { status } = await browser.post(`${base}/approvals/1`, fields);
    expect(status).toBe(404);
    const many = Array.from({ length: 5_000 }, (): [string, string] => ['row', 'x']);
    const refused = await browser.post(`${base}/approvals/1`, many);
    expect([refused.status, textOf(refused.page)]).toEqual([
      413,
      expect.stringContaining('Nothing was done'),
    ]);
  });

  test('names of files and of headers take nothing from the address', async () => {
    const { browser, base } = await opened();
    const query = new URLSearchParams({ find: 'x"\r\nset-cookie: evil=1', kind: 'invite"' });
    const { headers, status } = await browser.get(`${base}/journal.csv?${query}`);
    expect(status).toBe(200);
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+\.csv"$/);
    expect(headers.get('set-cookie') ?? '').not.toContain('evil');
  });
});
