import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSetUpWorld, type SetUpWorld } from './support/set-up-world.ts';

let world: SetUpWorld;

beforeAll(async () => {
  world = await openSetUpWorld({ isShared: false });
}, 180_000);
afterAll(() => world.close());

/** The page that every link shows that cannot be opened. */
async function pageOfNone(): Promise<string> {
  const stranger = world.administrator();
  await stranger.open(`/set-up/${'A'.repeat(43)}`);
  expect(stranger.status).toBe(404);
  return stranger.page;
}

test('a link is opened by a button, once: programs that read it open nothing', async () => {
  const link = await world.invite('once');
  const [scanner, ada, eve] = [world.administrator(), world.administrator(), world.administrator()];
  await scanner.open(link);
  expect(scanner.text).toContain('Set up the sync to Timely');
  await eve.open(link);
  await ada.open(link);
  await ada.send();
  expect(ada.path).toBe('/set-up/directory');
  expect(ada.text).toContain('The sync of once');
  await ada.open(link);
  expect(ada.path).toBe('/set-up/directory');
  await eve.send({}, link);
  expect(eve.page).toBe(await pageOfNone());
  await eve.open(link);
  expect(eve.page).toBe(await pageOfNone());
  await eve.open('/set-up');
  expect(eve.page).toBe(await pageOfNone());
});

test('a link that is a day old, replaced or revoked looks like one that never was', async () => {
  const [old, replaced, revoked] = [
    await world.invite('old'),
    await world.invite('new'),
    await world.invite('gone'),
  ];
  await world.invite('new');
  await world.activities.runQuery({ about: 'revokeInvitation', tenant: 'gone', by: 'it@provider.example' });
  world.passing(25);
  const none = await pageOfNone();
  for (const link of [old, replaced, revoked]) {
    const late = world.administrator();
    await late.open(link);
    expect(late.page).toBe(none);
  }
});

test('goes on in the same browser on another day, and ends when the link is revoked', async () => {
  const admin = world.administrator();
  await admin.open(await world.invite('later'));
  await admin.send();
  await admin.open('/set-up/directory/okta');
  const [, key = ''] = /<pre tabindex="0">([^<]+)</.exec(admin.page) ?? [];
  world.passing(40);
  await admin.open('/set-up/directory/okta');
  expect(admin.page).toContain(key);
  await world.activities.runQuery({ about: 'revokeInvitation', tenant: 'later', by: 'it@provider.example' });
  await admin.open('/set-up/directory/okta');
  expect(admin.page).toBe(await pageOfNone());
});

test('takes forms only from its own pages', async () => {
  const admin = world.administrator();
  await admin.open(await world.invite('forms'));
  await admin.send();
  const path = '/set-up/directory/sap';
  const fields = { host: 'contoso.accounts.ondemand.com', clientId: 'abc', secret: 'marked' };
  for (const [token, origin] of [
    ['', 'https://sync.contoso.example'],
    ['x'.repeat(43), 'https://sync.contoso.example'],
    ['x'.repeat(43), 'https://evil.example'],
  ] as const) {
    const { status } = await admin.browser.post(path, { ...fields, token }, { origin });
    expect(status).toBe(403);
  }
  const { status } = await admin.browser.post(path, fields);
  expect(status).toBe(403);
});

test('the cookie of one set-up is worth nothing for another', async () => {
  const [ada, eve] = [world.administrator(), world.administrator()];
  const theirs = await world.invite('theirs');
  await ada.open(theirs);
  await ada.send();
  await eve.open(await world.invite('own'));
  await eve.send();
  await eve.open(theirs);
  expect(eve.status).toBe(404);
  await eve.open('/set-up');
  expect(eve.text).toContain('The sync of own');
});

test('offers the application of the installation only where there is one', async () => {
  const admin = world.administrator();
  await admin.open(await world.invite('offers'));
  await admin.send();
  expect(admin.page).not.toContain('href="/set-up/directory/entra"');
  await admin.open('/set-up/directory/entra');
  expect(admin.status).toBe(404);
});
