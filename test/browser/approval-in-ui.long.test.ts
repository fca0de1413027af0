/** Approvals are decided by the forms of Temporal's own UI, in a real browser. One running tenant after its first cycle. */
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
const title = "a decision in Temporal's UI";
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

  /** Returns the open approval of a person: its workflow's result, and its detail from the product. */
  async function openApprovalOf(email: string) {
    const key = parseApprovalId((await world.approvalOf(email)).id);
    if (!key) throw new Error(`The approval of ${email} has no id.`);
    const { tenant, approval } = key;
    const workflowId = approvalWorkflowId(tenant, approval);
    return {
      workflowId,
      result: () => world.client.workflow.getHandle(workflowId).result(),
      detail: () =>
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
  ] as const)('by the form of the $channel invites $name once', async ({ email, name, channel }) => {
    expect(world.sandbox.timely.state.mailsTo(email)).toBe(0);
    const approval = await openApprovalOf(email);
    const page = await openWorkflow(browser, approval.workflowId);

    const openDetails = await currentDetails(page, name);
    expect(openDetails).toContain('This asks about a sensitive account.');
    expect(openDetails).toContain(`invite ${name} (${email}): `);
    expect(openDetails).toContain('Held: ');

    const by = `it-lead-${channel}@contoso.example`;
    const decider = { by, note: 'known to me' };
    await (channel === 'update'
      ? sendByForm(page, {
          item: 'Send an Update',
          name: 'decide',
          data: { decision: 'approve', ...decider },
        })
      : sendByForm(page, { item: 'Send a Signal', name: 'approve', data: decider }));

    expect(await approval.result()).toEqual({ state: 'approved' });
    await expectInvitedOnce(email);
    const { decisions } = await approval.detail();
    expect(decisions).toMatchObject([{ decision: 'approve', ...decider, channel, changes: 1 }]);

    const closedDetails = await currentDetails(await openWorkflow(browser, approval.workflowId), by);
    expect(closedDetails).toContain('approved');
    expect(closedDetails).toContain('known to me');
  });

  test('keeps the form of the Update open and says why a decision is refused', async () => {
    const email = 'malik.stone@private-mail.example';
    const { workflowId } = await openApprovalOf(email);
    const form = await submitForm(await openWorkflow(browser, workflowId), {
      item: 'Send an Update',
      name: 'decide',
      data: { decision: 'maybe', by: 'it-lead@contoso.example' },
    });
    await form.getByText('"decision" is "approve" or "reject".', { exact: true }).waitFor();
    expect(await world.approvalOf(email)).toMatchObject({ state: 'open' });
  });
});
