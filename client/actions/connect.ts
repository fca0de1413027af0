import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { SignedInUser } from '../../domain/contract/sign-in.ts';
import { shownTexts } from '../../domain/shown-text.ts';
import { nudgeSignal, tenantWorkflowId } from '../../workflows/messages.ts';
import type { CommonOptions } from '../command.ts';
import { answerWithinMs, withClient, within } from '../remote/connection.ts';
import { queryWorker } from '../remote/query.ts';
import { printResult, type Session, say } from '../render/output.ts';
import { signIn } from '../sign-in/sign-in.ts';
import { notAnAdmin, signInSteps } from '../sign-in/sign-in-steps.ts';

export interface ConnectFlags extends CommonOptions {
  paste?: boolean;
  port: number;
}

/** Signs in, wakes the loop for a full cycle, and names the account that the sync acts as from now on. */
export async function runConnect(
  session: Session,
  tenant: string,
  { paste = false, port, json }: ConnectFlags,
): Promise<void> {
  await withClient(async (client) => {
    const user = await signIn(client, { tenant }, signInSteps(session, { paste, port, json }));
    const loopRuns = await nudge(client, tenant);
    const pause = await queryWorker(client, { about: 'pause', tenant });
    const state = { loopRuns, paused: pause !== null };
    printResult(session, json, { tenant, ...user, ...state }, (shown) => resultText(tenant, shown, state));
    if (!user.isAdmin) session.err(`${notAnAdmin(shownTexts(user))}\n`);
    if (loopRuns) say(session, nextText(tenant, state.paused));
  });
}

/** Asks for a full read: another user may see and change other things. False when the loop does not run. */
async function nudge(client: Client, tenant: string): Promise<boolean> {
  const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
  try {
    await within(client, answerWithinMs, () => handle.signal(nudgeSignal, { full: true }));
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

function resultText(
  tenant: string,
  { name, email, role }: SignedInUser,
  { loopRuns, paused }: { loopRuns: boolean; paused: boolean },
): string {
  const connected = `${tenant} is connected as ${name} <${email}>, ${role}.`;
  if (!loopRuns) return `${connected} Its loop does not run: \`timely-sync start FILE\` starts it.`;
  if (paused)
    return `${connected} The tenant is paused: its first cycle after \`timely-sync resume ${tenant}\` is a full one.`;
  return `${connected} A full cycle begins.`;
}

const nextText = (tenant: string, paused: boolean) =>
  paused
    ? `Next: timely-sync preview FILE; timely-sync resume ${tenant}`
    : `Next: timely-sync status ${tenant}`;
