/** Before an edited tenant file takes effect: shows what it changes, in the file and in the next cycle, and asks. */
import type { Client } from '@temporalio/client';
import { storedDifferences } from '../../config/file/stored-differences.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { FileDifference } from '../../domain/contract/control.ts';
import { formatCount } from '../../domain/text.ts';
import { CommandError, exitCodes, usageError } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import { makePreview, type PreviewDocument } from '../remote/preview.ts';
import { queryWorker } from '../remote/query.ts';
import { type Session, say } from '../render/output.ts';
import { previewText, shownMax } from '../render/preview-text.ts';
import { previewLine, withProgress } from '../render/progress.ts';
import { fileDifferencesText } from '../render/words/difference-words.ts';

/** What a tenant file changes of the one in force. */
export interface FileEdit {
  differences: FileDifference[];
  /** The next cycle comes without a `resume`. */
  runs: boolean;
}

/** Null for a new tenant, and for the file that is in force. */
export async function editOf(client: Client, file: TenantFile): Promise<FileEdit | null> {
  const { tenant } = file;
  const inForce = await queryWorker(client, { about: 'configuration', tenant });
  if (inForce === null) return null;
  const differences = storedDifferences(inForce.file, file);
  if (differences.length === 0) return null;
  const pause = await queryWorker(client, { about: 'pause', tenant });
  return { differences, runs: pause === null };
}

/**
 * Returns when the edit may take effect. A paused tenant is not asked about: nothing happens before its `resume`.
 * @throws CommandError: 1 when the answer is no, 2 without a terminal when the next cycle would do something else
 */
export async function agreeToEdit(
  client: Client,
  session: Session,
  { fileName, file }: { fileName: string; file: TenantFile },
  { differences, runs, yes }: FileEdit & { yes: boolean },
): Promise<void> {
  const { tenant } = file;
  say(session, fileDifferencesText(`${tenant}: what the file changes of the one in force`, differences));
  if (!runs || yes) return;
  const preview = await tryPreview(client, session, file, { againstRunning: true });
  if (session.watcher === null) {
    const effect = effectOf(preview);
    if (effect === null) return;
    throw usageError(
      `${tenant} runs, and ${effect}. Nothing was changed. \`timely-sync preview ${fileName} --against running\` shows it; --yes takes it.`,
    );
  }
  const place = { file: fileName, isFollowed: true };
  say(
    session,
    preview instanceof CommandError ? unseenText(preview) : previewText(preview, session.columns, place),
  );
  if (!(await session.watcher.confirm(`Give ${tenant} this file?`)))
    throw new CommandError(exitCodes.failed, `Nothing was changed: ${tenant} keeps the file in force.`);
}

/** What the next cycle would do otherwise; null: the same. */
function effectOf(preview: PreviewDocument | CommandError): string | null {
  if (preview instanceof CommandError)
    return `what the edited file does could not be seen: ${preview.message.replace(/\.$/, '')}`;
  const { length } = preview.changes;
  return length === 0
    ? null
    : `the edited file makes a difference for ${formatCount(length, 'change', 'changes')}`;
}

const unseenText = ({ message }: CommandError) => `What the next cycle would do cannot be shown: ${message}`;

/** A preview, or why none can be made. A file in force that cannot work must not stand in the way of a better one. */
export async function tryPreview(
  client: Client,
  session: Session,
  file: TenantFile,
  { againstRunning }: { againstRunning: boolean },
): Promise<PreviewDocument | CommandError> {
  return await withProgress(session, (show) =>
    makePreview(client, file, {
      againstRunning,
      linesMax: shownMax + 1,
      onProgress: show && ((progress) => show(previewLine(file.tenant, progress))),
    }),
  ).catch((error: unknown) => {
    const explained = explainError(error);
    if (explained.exitCode === exitCodes.notReachable) throw explained;
    const message = explained.message.replaceAll('<tenant>', file.tenant);
    return new CommandError(explained.exitCode, message, error);
  });
}
