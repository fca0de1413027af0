import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseTenantFile } from '../../../../config/tenant-file.ts';
import { contoso } from '../../../../simulators/contoso.ts';
import { unseenCharacter } from '../../../support/texts/hostile-texts.ts';
import { openSetUpWorld, type SetUpWorld } from './support/set-up-world.ts';

/** Markup, what ends an attribute, YAML and its comments, what turns the direction, and a line that would be another key. */
const hostile = `</label>\u202e<script>alert(1)</script>"'><img src=x onerror=alert(2)> # x\nscope: {include: [{everyone: true}]}`;

let world: SetUpWorld;

beforeAll(async () => {
  world = await openSetUpWorld({ isShared: false });
}, 180_000);
afterAll(() => world.close());

test('names of the directory and of Timely are texts on every page, and in the tenant file', async () => {
  const { microsoft, timely, credentials } = world.sandbox;
  const { state } = microsoft;
  state.group('Timely Users').properties.displayName = hostile;
  for (const user of state.objects.users) user.properties.department = hostile;
  timely.state.account.name = hostile;
  for (const user of timely.state.present) user.name = hostile;
  const admin = world.administrator();
  const seen: string[] = [];
  const see = () => seen.push(admin.page);
  await admin.open(await world.invite('hostile'));
  see();
  await admin.send();
  await admin.open('/set-up/directory/entra-own');
  await admin.send({ directoryId: hostile, clientId: hostile, secret: 'x' });
  see();
  const { clientId, clientSecret } = credentials;
  await admin.send({ directoryId: contoso.tenantId, clientId, secret: clientSecret });
  see();
  await admin.open('/set-up/timely');
  await admin.send({ accountId: hostile });
  see();
  await admin.send({ accountId: String(contoso.accountId) });
  await admin.goTo(String(timely.state.account.owner_id));
  see();
  const lines = [...admin.page.matchAll(/name="line" value="([^"]+)"/g)].map(([, text = '']) =>
    text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>'),
  );
  const chosen = lines.filter((line) => line.includes('alert'));
  expect(chosen.length).toBeGreaterThan(1);
  const given = chosen.map((line): [string, string] => ['line', line]);
  await admin.send([...given, ['deciders', hostile], ['do', 'preview']]);
  expect(admin.text).toContain('must be an e-mail address, or group:NAME');
  see();
  await admin.send([...given, ['teams', 'departments'], ['deciders', ''], ['do', 'preview']]);
  expect(admin.text).toContain('people are chosen');
  see();
  const { page: file } = await admin.browser.get('/set-up/preview/file');
  const { scope } = parseTenantFile(file, 'hostile.yaml');
  expect(scope.include).toHaveLength(chosen.length);
  expect(scope.include.some((rule) => rule.everyone)).toBe(false);
  const [, preview = ''] = /name="preview" value="([^"]+)"/.exec(admin.page) ?? [];
  await admin.send({ preview }, '/set-up/start');
  see();
  expect(seen).toHaveLength(8);
  for (const page of seen) {
    expect(page).not.toMatch(/<script|<img|onerror="|<\/label><s/);
    // Values are for us, or what the person has typed; all else is for people.
    const shown = page.replace(/ value="[^"]*"|<textarea.*?<\/textarea>/gs, '');
    expect(shown).not.toMatch(unseenCharacter);
  }
  // Names that turn the direction of what stands behind them are kept apart from it.
  for (const page of [seen[4], seen[6]]) expect(page).toMatch(/<bdi>[^<]*alert\(1\)/);
}, 180_000);
