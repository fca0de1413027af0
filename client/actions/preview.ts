import type { CommonOptions } from '../command.ts';
import { CommandError } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import { writePrivateFile } from '../private-file.ts';
import { withClient } from '../remote/connection.ts';
import { exitCodeOfPreview, makePreview } from '../remote/preview.ts';
import { printResult, type Session, say } from '../render/output.ts';
import { planFormat } from '../render/plan-file.ts';
import { previewText, shownMax } from '../render/preview-text.ts';
import { previewLine, withProgress } from '../render/progress.ts';
import { readTenantFile } from '../tenant-file.ts';

export interface PreviewFlags extends CommonOptions {
  out?: string;
  against?: 'running';
}

/** Prints the plan, or what an edit would change of it, and writes all of it to a file with `--out`. */
export async function runPreview(
  session: Session,
  fileName: string,
  { out, against, json }: PreviewFlags,
): Promise<void> {
  const format = out === undefined ? null : planFormat(out);
  const file = await readTenantFile(fileName);
  const document = await withProgress(session, (show) =>
    withClient((client) =>
      makePreview(client, file, {
        againstRunning: against === 'running',
        linesMax: json || out !== undefined ? Number.POSITIVE_INFINITY : shownMax + 1,
        onProgress: show && ((progress) => show(previewLine(file.tenant, progress))),
      }),
    ),
  ).catch((error: unknown) => nameTenant(error, file.tenant));
  if (out !== undefined && format) await writePrivateFile(out, format(document));
  printResult(session, json, document, (shown) => previewText(shown, session.columns, { file: fileName }));
  if (out !== undefined) say(session, `All changes are in ${out}.`);
  session.exitCode = exitCodeOfPreview(document);
}

/** Puts the tenant into the worker's remedies, which say `timely-sync connect <tenant>`. */
function nameTenant(error: unknown, tenant: string): never {
  const { exitCode, message, cause } = explainError(error);
  throw new CommandError(exitCode, message.replaceAll('<tenant>', tenant), cause);
}
