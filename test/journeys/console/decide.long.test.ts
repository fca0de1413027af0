/**
 * Deciding in a real browser: from the link of a message to the person in Timely. Contoso, whose invitations wait as well,
 * because there are more than ten.
 */
import { expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { until } from '../../support/world.ts';
import {
  decider,
  inBrowser,
  personIn,
  secondDecider,
  signInAs,
  stranger,
  viewer,
  withDeciders,
} from './console-world.ts';
import { expectAccessible, expectNoSideways, look, tabTo } from './page-checks.ts';

const eleanor = 'eleanor.vance@contoso.example';
const henrik = 'henrik.lund@contoso.example';
const malik = 'malik.stone@private-mail.example';
const priya = 'priya.natarajan@contoso.example';

const editFile = (text: string) =>
  withDeciders(decider, secondDecider)(text).replace('invitations: { max: 100 }', 'invitations: { max: 10 }');

inBrowser('deciding in the browser', { editFile }, (started) => {
  /** The pages of the tenant, as a message leads to them. */
  async function pages(): Promise<string> {
    const link = await started().linkFor(decider, /for approval/);
    return link.replace(/\/approvals.*/, '');
  }

  /** Opens the request about somebody or something, signed in. */
  async function openRequest(page: Page, person: string, about: string | RegExp): Promise<void> {
    await page.goto(`${await pages()}/approvals`);
    await signInAs(page, person);
    await page.getByRole('row', { name: about }).getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: /^Request / }).waitFor();
  }

  const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();
  const heading = (page: Page, name: string | RegExp) =>
    page.getByRole('heading', { level: 1, name }).waitFor();
  const problem = async (page: Page) => (await page.getByRole('alert').textContent()) ?? '';
  const inTimely = (email: string) =>
    until(`${email} in Timely`, async () => started().world.present().includes(email) || null);

  test('a manager follows the link of a message, signs in, and approves', async () => {
    const page = await started().browse();
    await page.goto(await started().linkFor(decider, /for approval/));
    await expectAccessible(page);
    await signInAs(page, decider);
    await heading(page, /^Request /);
    await page.getByRole('link', { name: 'Approvals' }).click();
    await heading(page, 'Requests for approval');
    await look(page, 'approvals');
    await page.getByRole('row', { name: eleanor }).getByRole('link').click();
    await look(page, 'request');
    await page.getByLabel('Note for the journal').fill('Known to me.');
    await press(page, 'Approve …');
    await heading(page, /^Approve 1 change of /);
    expect(await page.getByRole('main').textContent()).toContain(decider);
    await look(page, 'answer');
    await press(page, 'Approve 1 change');
    await page.getByText('You approved 1 change').waitFor();
    expect(await page.getByRole('main').textContent()).toContain('Known to me.');
    await inTimely(eleanor);
    expect(started().world.sandbox.timely.state.mailsTo(eleanor)).toBe(1);
  });

  test('with a keyboard alone, on a narrow screen and without JavaScript a person rejects', async () => {
    const page = await started().browse({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
    await openRequest(page, secondDecider, malik);
    await expectNoSideways(page);
    await tabTo(page, 'Note for the journal');
    await page.keyboard.type('Not our mailbox.');
    await tabTo(page, 'Reject …');
    await page.keyboard.press('Enter');
    await heading(page, /^Reject 1 change of /);
    await expectNoSideways(page);
    await tabTo(page, 'Reject 1 change');
    await page.keyboard.press('Enter');
    await page.getByText('You rejected 1 change').waitFor();
    await started().world.cycle();
    expect(started().world.present()).not.toContain(malik);
  });

  test('a part is chosen by checkbox over a search, and nobody decides about themselves', async () => {
    const page = await started().browse();
    await openRequest(page, decider, 'too-many-invitations');
    await page.getByLabel('Name or address').fill('Hana');
    await press(page, 'Search');
    await page.getByLabel('Choose Hana Sato').uncheck();
    await press(page, 'Show all changes');
    await page.getByText('All changes but 1 are chosen.').waitFor();
    await look(page, 'part');
    expect(await page.getByRole('row', { name: decider }).textContent()).toContain('About you');
    await press(page, 'Approve …');
    await heading(page, /^Approve \d+ changes of /);
    expect(await page.getByRole('main').textContent()).toContain('1 change is about you and left out');
    await press(page, /^Approve \d+ changes$/);
    await page.getByText(/^You approved \d+ changes/).waitFor();
    await inTimely('bao.nguyen@contoso.example');
    expect(started().world.present()).not.toContain(stranger);
    expect(started().world.present()).not.toContain(decider);
  });

  test('an answer is not lost when the session ends in the middle', async () => {
    const page = await started().browse();
    await openRequest(page, secondDecider, 'too-many-invitations');
    await page.getByLabel('Note for the journal').fill('The rest is fine.');
    await page.context().clearCookies();
    await press(page, 'Approve …');
    await heading(page, 'Not sent yet');
    await look(page, 'session-ended');
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await signInAs(page, secondDecider);
    await heading(page, /^Approve 2 changes of /);
    expect(await page.getByRole('main').textContent()).toContain('The rest is fine.');
    await press(page, 'Approve 2 changes');
    await page.getByText('You approved 2 changes').waitFor();
    await inTimely(stranger);
    await inTimely(decider);
  });

  test('who comes second learns that it is decided', async () => {
    const [first, second] = await Promise.all([started().browse(), started().browse()]);
    await Promise.all([openRequest(first, decider, priya), openRequest(second, secondDecider, priya)]);
    await press(first, 'Reject …');
    await press(first, 'Reject 1 change');
    await first.getByText('You rejected 1 change').waitFor();
    await press(second, 'Approve …');
    expect(await problem(second)).not.toBe('');
    expect(await second.getByRole('main').textContent()).toContain('There is nothing to decide any more.');
    await expectAccessible(second);
  });

  test('what has changed meanwhile is not approved', async () => {
    const page = await started().browse();
    await openRequest(page, decider, henrik);
    started().world.sandbox.microsoft.state.leave('Henrik Lund');
    await started().world.cycle();
    await press(page, 'Approve …');
    await page.getByText(/There is nothing to decide any more|no longer wants/).waitFor();
    expect(started().world.present()).not.toContain(henrik);
  });

  test('who is listed nowhere gets no further, and who may look may not decide', async () => {
    const page = await started().browse();
    await page.goto(`${await pages()}/approvals?all=yes`);
    await signInAs(page, stranger);
    await heading(page, 'Not for you');
    expect(await page.getByRole('main').textContent()).not.toMatch(/contoso(?!\.example)/);
    await expectAccessible(page);
    const looking = await started().browse();
    await looking.goto(await started().linkFor(decider, /for approval/));
    await signInAs(looking, viewer);
    await heading(looking, /^Request /);
    expect(await personIn(looking)).toContain(viewer);
    expect(await looking.getByRole('button', { name: 'Approve …' }).count()).toBe(0);
  });
});
