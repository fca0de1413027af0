/** The commands that only tell a tenant's loop something: pause, resume, stop. */

import type { SignalDefinition } from '@temporalio/workflow';
import type { Command } from 'commander';
import { tenantWorkflowId } from '../../workflows/messages.ts';
import { addCommand, type CommandText, type CommonOptions } from '../command.ts';
import { printResult, type Session } from '../render/output.ts';
import { answerWithinMs, withClient, within } from './connection.ts';
import { runningStatus } from './tenant-status.ts';

/** Adds a command that sends one Signal. `said` is what is told once it was sent; Temporal keeps it, whatever happens. */
export function addSignalCommand(
  program: Command,
  session: Session,
  text: CommandText,
  signal: SignalDefinition,
  said: (tenant: string) => string,
): void {
  addCommand(program, text).action(async (tenant: string, { json }: CommonOptions) => {
    await withClient(async (client) => {
      // Asked first, because Temporal takes a Signal for a loop that ended a moment ago.
      await runningStatus(client, tenant);
      const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
      await within(client, answerWithinMs, () => handle.signal(signal));
    });
    printResult(session, json, { tenant, sent: signal.name }, said(tenant));
  });
}
