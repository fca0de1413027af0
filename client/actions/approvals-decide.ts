import type { Client } from '@temporalio/client';
import type { DecideInput } from '../../workflows/messages.ts';
import type { CommonOptions } from '../command.ts';
import { CommandError, exitCodes, usageError } from '../exit-codes.ts';
import { approvalDetail, decide } from '../remote/approvals.ts';
import { withClient } from '../remote/connection.ts';
import { approvalText, changesShown } from '../render/approval-text.ts';
import { printResult, type Session, say } from '../render/output.ts';
import { userName } from '../user-name.ts';

export interface DecideFlags extends CommonOptions {
  note?: string;
  by?: string;
  only?: string[];
  except?: string[];
  yes?: boolean;
}

/** Approves or rejects a request, or a part of it. Asks first unless `--yes` is given. */
export async function runApprovalsDecide(
  session: Session,
  decision: DecideInput['decision'],
  id: string,
  flags: DecideFlags,
): Promise<void> {
  const answer = readAnswer(decision, flags);
  if (!flags.yes && !session.watcher) {
    throw usageError(`Without a terminal nobody can be asked: add --yes to ${decision} ${id}.`);
  }
  const result = await withClient(async (client) => {
    if (!flags.yes) await askFirst(client, session, id, answer);
    return decide(client, id, answer);
  });
  printResult(session, flags.json, { id, decision, ...result }, result.outcome);
}

function readAnswer(decision: DecideInput['decision'], flags: DecideFlags): DecideInput {
  const { note, only, except } = flags;
  const by = flags.by ?? userName();
  return { decision, by, ...(note && { note }), ...(only && { only }), ...(except && { except }) };
}

async function askFirst(client: Client, session: Session, id: string, answer: DecideInput): Promise<void> {
  say(session, approvalText(await approvalDetail(client, id, changesShown), session.columns));
  const { decision, by, only, except } = answer;
  const part = only ? `only ${only.join(', ')}` : except ? `all but ${except.join(', ')}` : 'all of it';
  const agreed = await session.watcher?.confirm(`${decision} ${part}, as ${by}?`);
  if (!agreed) throw new CommandError(exitCodes.failed, 'Nothing was sent.');
}
