import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { movedSetUpProof } from '../../../../domain/contract/set-up.ts';
import { journalPage } from '../../../../store/journal/journal-page.ts';
import { sealSecret } from '../../../../store/set-up/stored-secrets.ts';
import { failingSignIns } from '../../../simulators/openid/sign-in-faults.ts';
import { consoleKey } from '../support/console-in-process.ts';
import type { Administrator } from './support/administrator.ts';
import { digestOf, openSetUpWorld, type SetUpWorld } from './support/set-up-world.ts';

let world: SetUpWorld;

beforeAll(async () => {
  world = await openSetUpWorld();
}, 180_000);
afterAll(() => world.close());
afterEach(() => world.sandbox.microsoft.faults.clear());

const idOf = (name: string) => world.sandbox.microsoft.state.user(name).id;

/** A set-up whose administrator has consented, in one browser. */
async function consented() {
  const begun = await world.invited();
  await world.toAccess(begun.admin);
  expect(begun.admin.path).toBe('/set-up/access');
  return begun;
}

/** Opens the link in another browser, and returns the address of the sign-in that it leads to. */
async function takeOver(admin: Administrator, link: string): Promise<string> {
  await admin.open(link);
  expect(admin.text).toContain('Go on in this browser');
  return (await admin.open(admin.button)) ?? '';
}

test('the administrator who consented goes on in another browser, with the answers, and the first one ends', async () => {
  const { tenant, link, admin } = await consented();
  const elsewhere = world.administrator();
  await elsewhere.goTo(world.globalAdmin(), await takeOver(elsewhere, link));
  expect(elsewhere.path).toBe('/set-up/timely');
  await elsewhere.open('/set-up/access');
  expect(elsewhere.text).toContain('The sync can read your directory');
  await admin.open('/set-up/access');
  expect(admin.status).toBe(404);
  const { items } = await journalPage(world.store.database, { tenant, after: 0 });
  expect(items[0]?.reason).toContain('in another browser');
  // And back again.
  await admin.goTo(world.globalAdmin(), await takeOver(admin, link));
  expect(admin.path).toBe('/set-up/timely');
});

test('no other account goes on, not even one of the same directory or with the same role', async () => {
  const { link, admin } = await consented();
  for (const account of [idOf('Hana Sato'), idOf('Bao Nguyen')]) {
    const elsewhere = world.administrator();
    await elsewhere.goTo(account, await takeOver(elsewhere, link));
    expect([elsewhere.status, elsewhere.text]).toEqual([
      403,
      expect.stringContaining('You cannot go on here'),
    ]);
    await elsewhere.open('/set-up');
    expect(elsewhere.status).toBe(404);
  }
  await admin.open('/set-up/access');
  expect(admin.status).toBe(200);
});

test.each(failingSignIns)('a sign-in with the fault %s takes nothing over', async (fault) => {
  const { link } = await consented();
  const elsewhere = world.administrator();
  const signIn = await takeOver(elsewhere, link);
  world.sandbox.microsoft.faults.set(fault);
  world.console.logged.length = 0;
  await elsewhere.goTo(world.globalAdmin(), signIn);
  expect([403, 404]).toContain(elsewhere.status);
  expect(world.console.logged.join()).not.toMatch(/henrik/i);
  await elsewhere.open('/set-up');
  expect(elsewhere.status).toBe(404);
});

test('an answer counts once, in the browser that asked, and for its own set-up', async () => {
  const [one, other] = [await consented(), await consented()];
  const elsewhere = world.administrator();
  await elsewhere.goTo(world.globalAdmin(), await takeOver(elsewhere, one.link));
  const stranger = world.administrator();
  await stranger.open(elsewhere.came);
  expect(stranger.status).toBe(404);
  await elsewhere.open(elsewhere.came);
  expect(elsewhere.status).toBe(400);
  await elsewhere.open('/set-up');
  expect(elsewhere.text).toContain(`The sync of ${one.tenant}`);
  await other.admin.open('/set-up/access');
  expect(other.admin.text).toContain(`The sync of ${other.tenant}`);
});

test('before the consent, after a revoking and after two weeks the link is like one that never was', async () => {
  const none = world.administrator();
  await none.open(`/set-up/${'A'.repeat(43)}`);
  const begun = await world.invite('begun');
  const first = world.administrator();
  await first.open(begun);
  await first.send();
  const revoked = await consented();
  const { tenant } = revoked;
  await world.activities.runQuery({ about: 'revokeInvitation', tenant, by: 'it@provider.example' });
  const old = await consented();
  for (const [link, hours] of [
    [begun, 0],
    [revoked.link, 0],
    [old.link, 15 * 24],
  ] as const) {
    world.passing(hours);
    const late = world.administrator();
    for (const path of [link, `${link}/go-on`]) {
      await late.open(path);
      expect(late.page).toBe(none.page.replace(/made [^<]*/, /made [^<]*/.exec(late.page)?.[0] ?? ''));
    }
  }
});

test('a worker moves a set-up only with the proof of the console for exactly this browser', async () => {
  const { tenant, link } = await consented();
  const key = { link: digestOf(link.replace('/set-up/', '')), browser: digestOf('a browser') };
  const sealed = (of: string, name: string, text: string) =>
    sealSecret([consoleKey], of, name, text).toString('base64');
  const { name, textOf } = movedSetUpProof;
  for (const [wrongName, encrypted] of [
    [name, sealed(tenant, name, textOf({ ...key, browser: digestOf('another') }))],
    [name, sealed('another-tenant', name, textOf(key))],
    ['another-name', sealed(tenant, 'another-name', textOf(key))],
    [name, Buffer.from(textOf(key)).toString('base64')],
  ] as const)
    expect(
      await world.activities.runQuery({
        ...{ about: 'moveSetUp', ...key },
        proof: { name: wrongName, encrypted },
      }),
    ).toBeNull();
});
