/** Two people have to approve, and an answer that comes too late, in a real browser. */
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { until } from '../../support/world.ts';
import { decider, inBrowser, personIn, secondDecider, signInAs, withDeciders } from './console-world.ts';
import { expectAccessible } from './page-checks.ts';

const eleanor = 'eleanor.vance@contoso.example';
const rex = 'rex.stern@contoso.example';

const editFile = (text: string) =>
  withDeciders(decider, secondDecider)(text).replace('approvers: 1', 'approvers: 2');

inBrowser('second and late answers in the browser', { editFile }, (started) => {
  const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();
  const heading = (page: Page, name: string | RegExp) =>
    page.getByRole('heading', { level: 1, name }).waitFor();
  const main = async (page: Page) => (await page.getByRole('main').textContent()) ?? '';

  /** The list of requests, in a browser of this person. */
  async function signedIn(person: string): Promise<Page> {
    const page = await started().browse();
    const link = await started().linkFor(decider, /for approval/);
    await page.goto(link.replace(/\/\d+$/, ''));
    await signInAs(page, person);
    await heading(page, 'Requests for approval');
    return page;
  }

  async function openRequest(page: Page, about: string): Promise<void> {
    await page.getByRole('row', { name: about }).getByRole('link').click();
    await heading(page, /^Request /);
  }

  test('one person is not enough, and the second one brings the person into Timely', async () => {
    const { world } = started();
    const first = await signedIn(decider);
    await openRequest(first, eleanor);
    await press(first, 'Approve …');
    await heading(first, /^Approve 1 change of /);
    expect(await main(first)).toContain('counts only when another person has approved as well');
    await press(first, 'Approve 1 change');
    await first.getByText('What needs another person waits for that answer.').waitFor();
    await press(first, 'Approve …');
    expect(await first.getByRole('alert').textContent()).toContain('approved all of this already');
    await world.cycle();
    expect(world.present()).not.toContain(eleanor);

    const second = await signedIn(secondDecider);
    expect(await personIn(second)).toContain(secondDecider);
    await openRequest(second, eleanor);
    expect(await main(second)).toContain('1 of 2 approved');
    await expectAccessible(second);
    await press(second, 'Approve …');
    await press(second, 'Approve 1 change');
    await second.getByText('The sync plans again now').waitFor();
    await until(`${eleanor} in Timely`, async () => world.present().includes(eleanor) || null);
    expect(world.sandbox.timely.state.mailsTo(eleanor)).toBe(1);
  });

  test('an answer to a request that has expired meanwhile is refused, and the page says so', async () => {
    const { world } = started();
    const page = await signedIn(decider);
    await world.configure((text) =>
      text
        .replace('remindAfter: 1d', 'remindAfter: 1s')
        .replace('escalateAfter: 2d', 'escalateAfter: 2s')
        .replace('expireAfter: 7d', 'expireAfter: 15s'),
    );
    world.sandbox.microsoft.state.join({ displayName: 'Rex Stern', groups: ['Timely Users', 'Executives'] });
    await world.cycle();
    const { id } = await world.approvalOf(rex);
    await page.reload();
    await openRequest(page, rex);
    await page.getByLabel('Note for the journal').fill('Known to me.');
    await until(`the end of ${id}`, async () =>
      (await world.approvals()).every((request) => request.id !== id) ? true : null,
    );
    await press(page, 'Approve …');
    expect(await page.getByRole('alert').textContent()).toContain('expired');
    expect(await main(page)).toContain('There is nothing to decide any more.');
    expect(await page.getByRole('button', { name: 'Approve …' }).count()).toBe(0);
    await expectAccessible(page);
    expect(world.present()).not.toContain(rex);
  });
});
