/** A customer's administrator sets the tenant up in a real browser, with each directory; from the link to people in Timely. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client as Database } from 'pg';
import type { Page } from 'playwright-core';
import { oktaId } from '../../../simulators/okta/directory/objects.ts';
import { commandsFor } from '../../support/commands.ts';
import { until, type World } from '../../support/world.ts';
import { inBrowser, operator, signInAs, stranger } from './console-world.ts';
import { expectAccessible, look } from './page-checks.ts';

/** What a person who reads needs for a page or a field. */
const readingMs = 2_000;
const machineMsMax = 60_000;
const peopleInAll = 50;
const seconds = (ms: number) => `${(ms / 1_000).toFixed(0)} s`;

async function variables({ sandbox }: World): Promise<NodeJS.ProcessEnv> {
  const { microsoft, okta, sap, timely, credentials } = sandbox;
  return {
    TIMELY_SYNC_ENTRA_APPLICATION_ID: credentials.sharedClientId,
    TIMELY_SYNC_ENTRA_APPLICATION_CERTIFICATE: 'env:SANDBOX_SHARED_CERTIFICATE',
    SANDBOX_SHARED_CERTIFICATE: await sandbox.sharedCertificate(),
    TIMELY_SYNC_CONSOLE_ENDPOINTS: `login=${microsoft.url},graph=${microsoft.url},okta=${okta.url},sap=${sap.url},timely=${timely.url}`,
    TIMELY_SYNC_CONSOLE_START: 'running',
  };
}

inBrowser('setting a tenant up in the browser', { variables, isUntouched: true }, (started) => {
  let commands: ReturnType<typeof commandsFor>;
  beforeAll(() => {
    commands = commandsFor(started().world);
  });
  afterAll(() => commands?.release());

  const invite = async (tenant: string) =>
    (await commands.json<{ link: string }>('invite', tenant)).document.link;
  const heading = (page: Page, name: string | RegExp) =>
    page.getByRole('heading', { level: 1, name }).waitFor();
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const follow = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).click();
  const main = async (page: Page) => (await page.getByRole('main').textContent()) ?? '';

  /** To a page for which something is read first: a person looks again until it is there. */
  async function reach(page: Page, name: string | RegExp): Promise<void> {
    const wanted = page.getByRole('heading', { level: 1, name });
    const again = page.getByRole('link', { name: 'Look again', exact: true });
    for (;;) {
      await wanted.or(again).first().waitFor();
      if ((await wanted.count()) > 0) return;
      await again.click();
    }
  }

  async function begin(page: Page, tenant: string): Promise<string> {
    const link = await invite(tenant);
    await page.goto(link);
    await press(page, 'Begin');
    await heading(page, 'Your directory');
    return link;
  }

  /** To the page of Microsoft on which an administrator consents. */
  async function toConsent(page: Page): Promise<void> {
    await follow(page, 'Microsoft Entra ID');
    await page.getByLabel('A domain of your company in Microsoft 365').fill('contoso.example');
    await press(page, 'Continue');
    await heading(page, 'Consent at Microsoft');
  }

  async function consent(page: Page): Promise<void> {
    await follow(page, 'Continue at Microsoft');
    await page.getByLabel('Administrator').selectOption({ label: `Henrik Lund (${operator})` });
    await press(page, 'Accept');
    await signInAs(page, operator);
  }

  async function toPeople(page: Page): Promise<void> {
    await follow(page, 'Continue with Timely');
    await page.getByLabel(/^Number of the account/).fill('https://app.timelyapp.com/987654/calendar');
    await press(page, 'Continue');
    await heading(page, 'Sign in to Timely');
    await follow(page, 'Continue at Timely');
    await page.getByLabel('Your account').selectOption({ index: 0 });
    await press(page, 'Accept');
    await reach(page, 'Who comes into Timely');
  }

  async function toPreview(page: Page): Promise<void> {
    for (const name of [/^Timely Users/, /^Design (?!Guild)/, /^Engineering/])
      await page.getByRole('checkbox', { name }).first().check();
    await press(page, 'See what would happen');
    await reach(page, /^What would happen$/);
  }

  test('with Entra ID by consent, to fifty people in Timely within a minute', async () => {
    const page = await started().browse();
    const link = await invite('acme');
    const shown: Promise<number>[] = [];
    page.on('load', () => {
      shown.push(page.locator('a.button, input:not([type=hidden]), select, textarea').count());
    });
    const begunMs = Date.now();
    await page.goto(link);
    await look(page, 'set-up');
    await press(page, 'Begin');
    await look(page, 'set-up-directory');
    await toConsent(page);
    await consent(page);
    await heading(page, 'The sync can read your directory');
    expect(await main(page)).toContain('GroupMember.Read.All');
    await look(page, 'set-up-access');
    await toPeople(page);
    await look(page, 'set-up-people');
    await toPreview(page);
    await look(page, 'set-up-preview');
    await press(page, 'Start');
    await heading(page, 'Set up and running');
    await look(page, 'set-up-done');
    await until('fifty people in Timely', async () =>
      started().world.present().length >= peopleInAll ? true : null,
    );
    const machineMs = Date.now() - begunMs;
    const counts = await Promise.allSettled(shown);
    // A page that went on by itself was not read to its end.
    const fields = counts.reduce((sum, count) => sum + (count.status === 'fulfilled' ? count.value : 0), 0);
    const readingTimeMs = (counts.length + fields) * readingMs;
    console.info(
      `Set up: ${seconds(machineMs)} of the machine; ${seconds(machineMs + readingTimeMs)} for a person who reads ${counts.length} pages and ${fields} fields.`,
    );
    expect(machineMs).toBeLessThan(machineMsMax);
    expect(machineMs + readingTimeMs).toBeLessThan(5 * 60_000);
    // The link has done its work.
    await page.goto(link);
    await heading(page, 'This link cannot be opened');
  }, 150_000);

  test('a consent that is refused, and one that leaves a permission out, are said and can be given again', async () => {
    const page = await started().browse();
    await begin(page, 'refused');
    await toConsent(page);
    await follow(page, 'Continue at Microsoft');
    await press(page, 'Cancel');
    await heading(page, 'That did not work');
    await expectAccessible(page);
    await follow(page, 'Begin again');
    started().world.sandbox.microsoft.faults.set('permissionLeftOut', {
      permissions: ['GroupMember.Read.All'],
      times: 1,
    });
    await consent(page);
    await heading(page, 'Something is missing');
    expect(await main(page)).toContain('GroupMember.Read.All');
    await expectAccessible(page);
    await follow(page, 'Consent again');
    await consent(page);
    await heading(page, 'The sync can read your directory');
  }, 90_000);

  test('another company cannot consent in place of the one that was named', async () => {
    const page = await started().browse();
    await begin(page, 'forged');
    started().world.sandbox.microsoft.faults.set('consentTenantWrong', { times: 1 });
    await toConsent(page);
    await follow(page, 'Continue at Microsoft');
    await press(page, 'Accept');
    await heading(page, 'That did not work');
    expect(await main(page)).toContain('another directory');
  });

  test('with Okta by the key that the page shows', async () => {
    const page = await started().browse();
    await begin(page, 'with-okta');
    await follow(page, 'Okta');
    const { okta } = started().world.sandbox;
    const jwk = JSON.parse((await page.locator('pre').first().textContent()) ?? '');
    const created = new Date().toISOString();
    okta.state.serviceApp.keys.push({ id: oktaId('pks'), kid: jwk.kid, status: 'ACTIVE', created, jwk });
    await page.getByLabel(/^Host of the Okta org/).fill(okta.state.domain);
    await page.getByLabel(/^Client id of the service app/).fill(okta.state.serviceApp.clientId);
    await page.getByLabel(/^Key id/).fill(jwk.kid);
    await expectAccessible(page);
    await press(page, 'Check access');
    await heading(page, 'The sync can read your directory');
    await toPeople(page);
    await toPreview(page);
  }, 90_000);

  test('with SAP by client id and secret, a wrong one first', async () => {
    const page = await started().browse();
    await begin(page, 'with-sap');
    await follow(page, 'SAP Cloud Identity Services');
    const { sapHost, sapClientId, sapSecret } = started().world.sandbox.credentials;
    const fill = async (secret: string) => {
      await page.getByLabel(/^Host of the tenant/).fill(sapHost);
      await page.getByLabel(/^Client id/).fill(sapClientId);
      await page.getByLabel('Client secret').fill(secret);
      await press(page, 'Check access');
    };
    await fill('not-this-one');
    await heading(page, 'Something is missing');
    await follow(page, 'Another directory');
    await follow(page, 'SAP Cloud Identity Services');
    await fill(sapSecret);
    await heading(page, 'The sync can read your directory');
    await toPeople(page);
    await toPreview(page);
  }, 90_000);

  test('a link works once, goes on in its browser on another day, and ends when it is revoked', async () => {
    const page = await started().browse();
    const link = await begin(page, 'later');
    await toConsent(page);
    const other = await started().browse();
    await other.goto(link);
    await heading(other, 'This link cannot be opened');
    await expectAccessible(other);
    await page.close();
    const next = await page.context().newPage();
    await next.goto(link);
    await heading(next, 'Consent at Microsoft');
    await commands.run('invite', 'later', '--revoke');
    await next.reload();
    await heading(next, 'This link cannot be opened');
  });

  test('the administrator who consented goes on in another browser, and nobody else does', async () => {
    const page = await started().browse();
    const link = await begin(page, 'elsewhere');
    await toConsent(page);
    await consent(page);
    await heading(page, 'The sync can read your directory');
    const [thief, other] = [await started().browse(), await started().browse()];
    for (const each of [thief, other]) {
      await each.goto(link);
      await heading(each, 'Go on in this browser');
    }
    await look(other, 'set-up-take-over');
    await follow(thief, 'Sign in and go on');
    await signInAs(thief, stranger);
    await heading(thief, 'You cannot go on here');
    await follow(other, 'Sign in and go on');
    await signInAs(other, operator);
    await heading(other, 'Your Timely account');
    await page.reload();
    await heading(page, 'This link cannot be opened');
  }, 120_000);

  test('a link that nobody opened within its time cannot be opened', async () => {
    const link = await invite('expired');
    const database = new Database({ connectionString: started().world.databaseUrl });
    await database.connect();
    await database.query(
      "update set_ups set opens_until = now() - interval '1 minute' where tenant = 'expired'",
    );
    await database.end();
    const page = await started().browse();
    await page.goto(link);
    await heading(page, 'This link cannot be opened');
  });
});
