/** The helpdesk looks people up, and those who run the installation look at tenants: every page, on wide and narrow screens. */
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { decider, inBrowser, operator, signInAs, viewer, withDeciders } from './console-world.ts';
import { expectAccessible, expectNoSideways, look } from './page-checks.ts';

/** Entries of the header. */
const places = ['Overview', 'What waits', 'Cycles', 'Findings', 'Journal', 'Approvals'];
/** Those that the documentation shows. */
const shown = ['Overview', 'Findings', 'Journal'];

inBrowser('looking up in the browser', { editFile: withDeciders(decider) }, (started) => {
  const heading = (page: Page, name: string | RegExp) =>
    page.getByRole('heading', { level: 1, name }).waitFor();
  const entry = (page: Page, name: string) =>
    page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true });

  async function signedIn(page: Page): Promise<void> {
    const link = await started().linkFor(decider, /for approval/);
    await page.goto(link.replace(/\/approvals.*/, ''));
    await signInAs(page, viewer);
    await heading(page, started().world.tenant);
  }

  test('a person of the helpdesk finds a person, with the reason and the next step', async () => {
    const page = await started().browse();
    await signedIn(page);
    await entry(page, 'People').click();
    await page.getByLabel('Name, address, id or team').fill('eleanor.vance@contoso.example');
    await page.keyboard.press('Enter');
    await heading(page, /Eleanor Vance/);
    const story = (await page.getByRole('main').textContent()) ?? '';
    expect(story).toContain('Not in Timely.');
    expect(story).toContain('Executives');
    await look(page, 'person');
    await page.getByRole('link', { name: 'Everything in the journal' }).click();
    await expectAccessible(page);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'CSV' }).click(),
    ]);
    expect(file.suggestedFilename()).toMatch(/\.csv$/);
  });

  test('every page fits a narrow screen, in the dark, without JavaScript', async () => {
    const narrow = { colorScheme: 'dark' as const, viewport: { width: 320, height: 640 } };
    const page = await started().browse({ ...narrow, javaScriptEnabled: false });
    await signedIn(page);
    // axe-core waits by timers, which a page without JavaScript has not: it looks at the same pages beside.
    const seen = await started().browse(narrow);
    await signedIn(seen);
    for (const name of places) {
      await entry(page, name).click();
      await expectNoSideways(page);
      await seen.goto(page.url());
      await expectAccessible(seen);
    }
  }, 120_000);

  test('every page passes on a wide screen, and the changes of a cycle are there', async () => {
    const page = await started().browse();
    await signedIn(page);
    for (const name of places) {
      await entry(page, name).click();
      if (shown.includes(name)) await look(page, name.toLowerCase());
      else await expectAccessible(page);
    }
    await entry(page, 'Cycles').click();
    await page.getByRole('row').last().getByRole('link').first().click();
    await heading(page, /^Cycle \d+$/);
    expect(await page.getByRole('main').textContent()).toContain('Anders Holm');
    await look(page, 'cycle');
  });

  test('who signs out has to sign in again', async () => {
    const page = await started().browse();
    await signedIn(page);
    const address = page.url();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(page, 'Signed out');
    await expectAccessible(page);
    await page.goto(address);
    await page.getByLabel('E-mail address or user name').waitFor();
  });

  test('an operator sees the tenants, and each of them', async () => {
    const page = await started().browse();
    await page.goto(`${started().url}/tenants`);
    await signInAs(page, operator);
    await heading(page, 'Tenants');
    await look(page, 'tenants');
    await page.getByRole('link', { name: started().world.tenant }).click();
    await heading(page, started().world.tenant);
  });
});
