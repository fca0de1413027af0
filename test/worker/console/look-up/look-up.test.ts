/** Looking something up on the console, answered by the real activities over a real store. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../../../activities/index.ts';
import { historyFormat } from '../../../../client/render/history-file.ts';
import type { JournalLine } from '../../../../domain/contract/journal-line.ts';
import type { Query } from '../../../../domain/contract/query.ts';
import type { Page } from '../../../../domain/contract/report.ts';
import { asIfOpen } from '../../../activities/support/during-cycle.ts';
import { arrangeTenant, type TenantInProcess } from '../../../activities/support/tenant-in-process.ts';
import { person, worldWith } from '../../../domain/support/world.ts';
import { openTestStore } from '../../../support/database.ts';
import { openConsole } from '../support/console-in-process.ts';
import { cellsOf, linkTo, textOf } from '../support/html.ts';
import { cannedAnswer } from './canned-answers.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
/** 130 people, all of them invited in the first cycle; two more have no address. */
let large: TenantInProcess;
/** 70 people, whose invitations are too many at once. */
let held: TenantInProcess;

/** `Person Aah` for 7: Timely refuses digits in names. */
const lettered = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const letters = [...String(index).padStart(3, '0')].map((digit) => 'abcdefghij'.charAt(Number(digit)));
    return person(`Person ${letters.join('')}`);
  });

beforeAll(async () => {
  store = await openTestStore();
  const withoutAddress = ['Kiosk One', 'Kiosk Two'].map((name) =>
    person(name, { mail: null, userPrincipalName: name }),
  );
  large = await arrangeTenant(
    store.database,
    worldWith({ directory: { people: [...lettered(130), ...withoutAddress] } }),
    100,
  );
  await large.cycle();
  const limited = { safety: { invitations: { max: 10 } } };
  held = await arrangeTenant(
    store.database,
    worldWith({ rules: limited, directory: { people: lettered(70) } }),
  );
  const { key } = await held.cycle();
  await asIfOpen(store.database, key, () => createActivities(held.services).openApprovals(key));
});
afterAll(() => store.close());

/** Opens a page of the tenant as somebody who may look at it. */
async function opened({ tenant, services }: TenantInProcess, path: string) {
  const site = openConsole({ answers: createActivities(services), whoMay: { mayLook: true } });
  const browser = await site.browser().signIn(tenant);
  const base = site.pathOf(tenant);
  const shown = await browser.get(path.startsWith('/t/') ? path : `${base}${path}`);
  return { ...shown, base };
}

describe('a person', () => {
  test('is a story: in the directory, the rule, in Timely, what was done, the next step', async () => {
    const { page } = await opened(large, '/people?find=person.aah@contoso.example');
    const text = textOf(page);
    expect(text).toContain('Person aah');
    expect(text).toContain('Invited to Timely, and not signed in yet.');
    expect(text).toContain('in scope: ');
    expect(text).toContain('Next: Nothing: they are in Timely, as the tenant file says.');
    expect(cellsOf(page, 'Last changes, newest first')).toEqual([
      expect.arrayContaining(['invite', expect.any(String)]),
    ]);
  });

  test('whose invitation is held has the way to the request', async () => {
    const { page, base } = await opened(held, '/people?find=person.aah@contoso.example');
    expect(textOf(page)).toContain('Not in Timely.');
    expect(textOf(page)).toContain(`Next: It waits for a decision: ${held.tenant}/1`);
    expect(linkTo(page, `${held.tenant}/1`)).toBe(`${base}/approvals/1`);
  });

  test('is found by a part of the name, and each who fits has a page', async () => {
    const { page } = await opened(large, '/people?find=kiosk');
    expect(cellsOf(page, '2 fit').map(([name]) => name)).toEqual(['Kiosk One', 'Kiosk Two']);
    const one = await opened(large, linkTo(page, 'Kiosk One') ?? '');
    expect(textOf(one.page)).toContain('Give them an address in the directory that Timely accepts');
  });

  test('of more than fit on a page is found page by page, and each of them once', async () => {
    const names: string[] = [];
    let path: string | null = '/people?find=PERSON';
    while (path !== null) {
      const { page } = await opened(large, path);
      names.push(...cellsOf(page, 'Those who fit, by name').map(([name = '']) => name));
      path = linkTo(page, 'Next page');
    }
    expect(names).toHaveLength(130);
    expect(names).toEqual(names.toSorted());
    expect(new Set(names).size).toBe(130);
    const after = await opened(large, '/people?find=PERSON&after=400');
    expect(textOf(after.page)).toContain('There are no more.');
  });

  test('whom nobody knows is not there', async () => {
    const { page, status } = await opened(large, '/people?find=nobody@contoso.example');
    expect(status).toBe(200);
    expect(textOf(page)).toContain('Neither the directory nor Timely has “nobody@contoso.example”');
  });
});

describe('a long list', () => {
  test('of changes is walked page by page, and has everybody once', async () => {
    const names: string[] = [];
    let path: string | null = '/cycles/1?status=held';
    let pages = 0;
    while (path !== null) {
      const { page } = await opened(held, path);
      names.push(...cellsOf(page, 'Held').map(([who = '']) => who));
      path = linkTo(page, 'Next page');
      pages += 1;
    }
    expect(pages).toBe(2);
    expect(new Set(names).size).toBe(70);
  });

  test('of changes is searched by a part of a name or an address, in any case', async () => {
    const { page } = await opened(held, '/holds?find=PERSON.AG');
    expect(cellsOf(page, 'Held').map(([who]) => who)).toHaveLength(10);
    const none = await opened(held, '/holds?status=failed&find=PERSON.AG');
    expect(textOf(none.page)).toContain('Nobody and no team in this list has that in the name.');
  });

  test('of findings is searched', async () => {
    const { page } = await opened(large, '/findings?kind=no-email&find=two');
    expect(cellsOf(page, 'Findings').map(([about]) => about)).toEqual(['Kiosk Two']);
  });

  test('of journal entries is walked page by page', async () => {
    const first = await opened(large, '/journal');
    expect(cellsOf(first.page, 'Entries, newest first')).toHaveLength(100);
    const second = await opened(large, linkTo(first.page, 'Next page') ?? '');
    expect(cellsOf(second.page, 'Entries, newest first').length).toBeGreaterThanOrEqual(30);
    expect(linkTo(second.page, 'First page')).toBe(`${first.base}/journal`);
  });

  test('of cycles leads to each', async () => {
    const { page, base } = await opened(held, '/cycles');
    expect(cellsOf(page, 'Cycles, newest first')).toHaveLength(1);
    expect(linkTo(page, '1')).toBe(`${base}/cycles/1`);
    expect((await opened(held, '/cycles/99')).status).toBe(404);
  });
});

describe('the journal of a person', () => {
  test('is exported as the command writes it', async () => {
    const { runQuery } = createActivities(large.services);
    const found = { tenant: large.tenant, person: 'person.aah@contoso.example' };
    const { items } = (await runQuery({ about: 'history', ...found, after: 0 })) as Page<JournalLine>;
    expect(items).toHaveLength(1);
    const csv = await opened(large, '/journal.csv?find=person.aah@contoso.example');
    expect(csv.page).toBe(historyFormat('x.csv')(items));
    expect(csv.headers.get('content-disposition')).toBe(
      `attachment; filename="${large.tenant}-journal-2026-11-30.csv"`,
    );
  });

  test('and of everybody is exported whole', async () => {
    const { page } = await opened(large, '/journal.json?kind=invite');
    expect(JSON.parse(page).entries).toHaveLength(130);
    const lines = (await opened(large, '/journal.csv?kind=invite')).page.trimEnd().split('\r\n');
    expect(lines).toHaveLength(131);
  });

  test('breaks off when it cannot be read to its end, so that nobody takes a part for the whole', async () => {
    const runQuery = async (query: Query) => {
      if (query.about === 'history' && query.after > 0) throw new Error('The store is away.');
      return cannedAnswer(query);
    };
    const site = openConsole({ answers: { runQuery }, whoMay: { mayLook: true } });
    const browser = await site.browser().signIn('contoso');
    await expect(browser.get(`${site.pathOf('contoso')}/journal.json`)).rejects.toThrow();
  });
});

test('a tenant shows what waits, its requests, its findings and its cycles', async () => {
  const { page, base } = await opened(held, '');
  const text = textOf(page);
  expect(text).toContain('70 held');
  expect(cellsOf(page, 'Open requests')).toEqual([
    [
      `${held.tenant}/1`,
      'too-many-invitations',
      '70',
      expect.stringContaining('person.aaa@'),
      expect.any(String),
    ],
  ]);
  expect(cellsOf(page, 'The first changes that wait')).toHaveLength(10);
  expect(linkTo(page, 'held')).toBe(`${base}/holds`);
});

test('a person who may decide and not look gets none of these pages', async () => {
  const site = openConsole({ answers: createActivities(held.services), whoMay: { mayDecide: true } });
  const browser = await site.browser().signIn(held.tenant);
  for (const path of [
    '',
    '/people?find=person',
    '/cycles',
    '/cycles/1',
    '/holds',
    '/findings',
    '/journal',
    '/journal.csv',
  ])
    expect((await browser.get(`${site.pathOf(held.tenant)}${path}`)).status).toBe(403);
});

test('those who run the installation find a tenant by a part of its name', async () => {
  const operators = {
    ...{ addresses: ['ops@vendor.example'], issuer: 'https://login.vendor.example' },
    ...{ clientId: 'console', clientSecret: 'env:SECRET' },
  };
  const site = openConsole({ answers: createActivities(held.services), settings: { operators } });
  const browser = await site.browser().signIn(null, { addresses: ['ops@vendor.example'] });
  const all = await browser.get('/tenants');
  expect(
    cellsOf(all.page, 'Tenants')
      .map(([name]) => name)
      .sort(),
  ).toEqual([held.tenant, large.tenant].sort());
  const one = await browser.get(`/tenants?find=${held.tenant.slice(2, 8)}`);
  expect(cellsOf(one.page, 'Tenants')).toEqual([
    expect.arrayContaining([held.tenant, 'ok', 'stopped', '70', '70']),
  ]);
  expect(linkTo(one.page, held.tenant)).toBe(site.pathOf(held.tenant));
  expect((await browser.get(linkTo(one.page, held.tenant) ?? '')).status).toBe(200);
});
