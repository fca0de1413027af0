import type { Client } from '@temporalio/client';
import type { UndoPreview } from '../../domain/contract/report.ts';
import { shownTexts } from '../../domain/shown-text.ts';
import { formatCount } from '../../domain/text.ts';
import { type TenantStatus, tenantWorkflowId, undoUpdate } from '../../workflows/messages.ts';
import type { CommonOptions } from '../command.ts';
import { CommandError, exitCodes, usageError } from '../exit-codes.ts';
import { answerWithinMs, withClient, within } from '../remote/connection.ts';
import { cycleDocument, exitCodeFor } from '../remote/cycle-document.ts';
import { reportTable } from '../remote/cycle-report.ts';
import { followCycle } from '../remote/follow-cycle.ts';
import { queryWorker } from '../remote/query.ts';
import { runningStatus } from '../remote/tenant-status.ts';
import { printResult, type Session, say, table } from '../render/output.ts';
import { progressLine, withProgress } from '../render/progress.ts';
import { changeTableRow } from '../render/words/change-words.ts';
import { userName } from '../user-name.ts';

export interface UndoFlags extends CommonOptions {
  by?: string;
  yes?: boolean;
}

/** Takes a cycle back and waits until that is done. Shows first what it means and asks, unless `--yes` is given. */
export async function runUndo(
  session: Session,
  tenant: string,
  cycleText: string,
  flags: UndoFlags,
): Promise<void> {
  const cycle = Number(cycleText);
  if (!Number.isSafeInteger(cycle) || cycle < 1) throw usageError(`"${cycleText}" is not a cycle number.`);
  if (!flags.yes && !session.watcher) {
    throw usageError(`Without a terminal there is no confirmation: add --yes to undo ${tenant} ${cycle}.`);
  }
  await withClient((client) => undo(client, session, { tenant, cycle }, flags));
}

async function undo(
  client: Client,
  session: Session,
  { tenant, cycle }: { tenant: string; cycle: number },
  flags: UndoFlags,
): Promise<void> {
  const by = flags.by ?? userName();
  const before = await runningStatus(client, tenant);
  const preview = await queryWorker(client, { about: 'undo', tenant, cycle });
  if (!flags.yes) {
    say(session, previewText(shownTexts(preview), session.columns));
    const question = `Take cycle ${cycle} of ${tenant} back, and pause ${tenant}, as ${by}?`;
    if (!(await session.watcher?.confirm(question)))
      throw new CommandError(exitCodes.failed, 'Nothing was done.');
  }
  const handle = client.workflow.getHandle(tenantWorkflowId(tenant));
  await within(client, answerWithinMs, () =>
    handle.executeUpdate(undoUpdate, { args: [{ cycle, by, channel: 'command' }] }),
  );
  const done = await withProgress(session, (show) =>
    followUndo(client, tenant, before.cycle, (status) => show?.(progressLine(status))),
  );
  const document = { undone: cycle, ...(await cycleDocument(client, [{ tenant, cycle: done }])) };
  const text = flags.json ? '' : await reportTable(client, tenant, done, session.columns);
  printResult(session, flags.json, document, () => `${text}\n${nextText(tenant)}`);
  session.exitCode = exitCodeFor(document);
}

/** A cycle of the usual kind may have been running: the undo comes after it. */
async function followUndo(
  client: Client,
  tenant: string,
  after: number,
  onProgress: (status: TenantStatus) => void,
): Promise<number> {
  const cycle = await followCycle(client, tenant, { after, until: 'ended', onProgress });
  const report = await queryWorker(client, { about: 'cycle', tenant, cycle });
  return report?.kind === 'undo' ? cycle : followUndo(client, tenant, cycle, onProgress);
}

function previewText({ changes, lines, findings }: UndoPreview, columns: number): string {
  const rows = lines.map((line) => {
    const [, who, why] = changeTableRow(line);
    return [line.status === 'planned' ? line.change : `${line.change}, ${line.status}`, who, why];
  });
  const about = findings.map(({ subject, message }) => [subject, message]);
  return [
    ...(about.length > 0 ? [table(['about', 'cannot be taken back, or stays'], about, columns)] : []),
    changes === 0 ? 'Nothing is left to take back.' : formatCount(changes, 'change', 'changes'),
    ...(rows.length > 0 ? [table(['change', 'who', 'why'], rows, columns)] : []),
  ].join('\n');
}

const nextText = (tenant: string) =>
  [
    `${tenant} is paused, so that the next cycle does not do it again. Edit its file until it agrees, then:`,
    `  timely-sync start <file>, and timely-sync resume ${tenant}`,
  ].join('\n');
