import type { Client } from '@temporalio/client';
import { shownTexts } from '../../domain/shown-text.ts';
import type { DecideInput } from '../../workflows/messages.ts';
import type { CommonOptions } from '../command.ts';
import { CommandError, exitCodes, usageError } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import { approvalDetail, decide, requireApprovalId } from '../remote/approvals.ts';
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

/** Approves or rejects approvals, or a part of each. Asks first unless `--yes` is given. */
export async function runApprovalsDecide(
  session: Session,
  decision: DecideInput['decision'],
  ids: string[],
  flags: DecideFlags,
): Promise<void> {
  const answer = readDecision(decision, flags);
  for (const id of ids) requireApprovalId(id);
  if (!flags.yes && !session.watcher) {
    throw usageError(
      `Without a terminal there is no confirmation: add --yes to ${decision} ${ids.join(' ')}.`,
    );
  }
  await withClient(async (client) => {
    if (!flags.yes) await askFirst(client, session, ids, answer);
    const results = await forEachApproval(session, ids, async (id) => ({
      id,
      decision,
      ...(await decide(client, id, answer)),
    }));
    const [only] = results;
    const isOne = ids.length === 1;
    const text = results.map(({ id, outcome }) => (isOne ? outcome : `${id}: ${outcome}`)).join('\n');
    printResult(session, flags.json, isOne && only ? only : { decisions: results }, () => text);
  });
}

/**
 * Does something to each approval, each once. One that fails does not stop the others: its error is shown, and the command
 * ends with its exit code.
 * @throws the error of a single approval; CommandError when all of several fail, or no worker answers
 */
export async function forEachApproval<Result>(
  session: Session,
  ids: string[],
  act: (id: string) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let failure: CommandError | null = null;
  for (const id of new Set(ids)) {
    try {
      results.push(await act(id));
    } catch (error) {
      failure = explainError(error);
      if (ids.length === 1 || failure.exitCode === exitCodes.notReachable) throw error;
      session.err(`timely-sync: ${failure.message}\n`);
      session.exitCode = failure.exitCode;
    }
  }
  if (failure && results.length === 0)
    throw new CommandError(failure.exitCode, `None of ${ids.join(', ')} was changed.`, failure);
  return results;
}

function readDecision(decision: DecideInput['decision'], flags: DecideFlags): DecideInput {
  const { note, only, except } = flags;
  const by = flags.by ?? userName();
  return { decision, by, ...(note && { note }), ...(only && { only }), ...(except && { except }) };
}

async function askFirst(
  client: Client,
  session: Session,
  ids: string[],
  { decision, by, only, except }: DecideInput,
): Promise<void> {
  for (const id of ids)
    say(session, approvalText(shownTexts(await approvalDetail(client, id, changesShown)), session.columns));
  const all = ids.length === 1 ? 'all of it' : `all of ${ids.join(', ')}`;
  const part = only ? `only ${only.join(', ')}` : except ? `all but ${except.join(', ')}` : all;
  const agreed = await session.watcher?.confirm(`${decision} ${part}, as ${by}?`);
  if (!agreed) throw new CommandError(exitCodes.failed, 'Nothing was sent.');
}
