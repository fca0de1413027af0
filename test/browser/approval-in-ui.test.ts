/** Requests are answered by the forms of Temporal's own UI, in a real browser. One running tenant after its first cycle. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { ApprovalDetail } from '../../domain/contract/report.ts';
import { approvalWorkflowId, parseApprovalId } from '../../workflows/messages.ts';
import { ask } from '../support/ask.ts';
import {
  currentDetails,
  findBrowser,
  openWorkflow,
  sendByForm,
  startBrowser,
  submitForm,
} from '../support/browser.ts';
import { startWorld, until, type World } from '../support/world.ts';

const program = findBrowser();
const inBrowser = program ? describe : describe.skip;
const title = "an answer in Temporal's UI";
const noBrowser = 'SKIPPED, no Chromium on this machine: install it, or set CHROMIUM_PATH';
if (!program) console.warn(`${title}: ${noBrowser}.`);

inBrowser(program ? title : `${title} (${noBrowser})`, () => {
  let world: World;
  let browser: Browser;

  beforeAll(async () => {
    [world, browser] = await Promise.all([startWorld(), startBrowser(program ?? '')]);
    await world.startWorker();
    await world.start();
  }, 90_000);
  afterAll(async () => {
    await Promise.all([browser?.close(), world?.close()]);
  });

  /** The one open request about somebody, as its workflow and as the product tells of it. */
  async function requestAbout(email: string) {
    const key = parseApprovalId((await world.approvalOf(email)).id);
    if (!key) throw new Error(`The request about ${email} has no id.`);
    const { tenant, approval } = key;
    const workflowId = approvalWorkflowId(tenant, approval);
    return {
      workflowId,
      result: () => world.client.workflow.getHandle(workflowId).result(),
      told: () =>
        ask<ApprovalDetail>(world.client, world.taskQueue, { about: 'approval', tenant, approval, after: 0 }),
    };
  }

  async function expectInvitedOnce(email: string): Promise<void> {
    await until(`${email} in Timely`, async () => world.present().includes(email) || null);
    await world.cycle({ full: true });
    expect(world.sandbox.timely.state.mailsTo(email)).toBe(1);
  }

  test.each([
    { email: 'henrik.lund@contoso.example', name: 'Henrik Lund', channel: 'update' },
    { email: 'eleanor.vance@contoso.example', name: 'Eleanor Vance', channel: 'signal' },
  ] as const)('by the form of the $channel lets $name in, once', async ({ email, name, channel }) => {
    expect(world.sandbox.timely.state.mailsTo(email)).toBe(0);
    const request = await requestAbout(email);
    const page = await openWorkflow(browser, request.workflowId);

    const asked = await currentDetails(page, name);
    expect(asked).toContain('This asks about a sensitive account.');
    expect(asked).toContain(`invite ${name} (${email}): `);
    expect(asked).toContain('Held: ');

    const by = `it-lead-${channel}@contoso.example`;
    const answer = { by, note: 'known to me' };
    await (channel === 'update'
      ? sendByForm(page, {
          item: 'Send an Update',
          name: 'decide',
          data: { decision: 'approve', ...answer },
        })
      : sendByForm(page, { item: 'Send a Signal', name: 'approve', data: answer }));

    expect(await request.result()).toEqual({ state: 'approved' });
    await expectInvitedOnce(email);
    const { decisions } = await request.told();
    expect(decisions).toMatchObject([{ decision: 'approve', ...answer, channel, changes: 1 }]);

    const answered = await currentDetails(await openWorkflow(browser, request.workflowId), by);
    expect(answered).toContain('approved');
    expect(answered).toContain('known to me');
  });

  test('the form of the Update stays open and says why an answer was refused', async () => {
    const email = 'malik.stone@private-mail.example';
    const { workflowId } = await requestAbout(email);
    const form = await submitForm(await openWorkflow(browser, workflowId), {
      item: 'Send an Update',
      name: 'decide',
      data: { decision: 'maybe', by: 'it-lead@contoso.example' },
    });
    await form.getByText('"decision" is "approve" or "reject".', { exact: true }).waitFor();
    expect(await world.approvalOf(email)).toMatchObject({ state: 'open' });
  });
});
