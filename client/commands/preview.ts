import { type Command, Option } from 'commander';
import type { PreviewProgress } from '../../domain/contract/preview.ts';
import { addCommand, type CommonOptions } from '../command.ts';
import { CommandError } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import { withClient } from '../remote/connection.ts';
import { exitCodeOfPreview, makePreview } from '../remote/preview.ts';
import { printResult, type Session, say } from '../render/output.ts';
import { planFormat, writePlan } from '../render/plan-file.ts';
import { previewText, shownMax } from '../render/preview-text.ts';
import { readTenantFile } from '../tenant-file.ts';

interface PreviewFlags extends CommonOptions {
  out?: string;
  against?: 'running';
}

/** Adds `preview`: the plan of the next cycle, with nothing written. */
export function addPreview(program: Command, session: Session): void {
  addCommand(program, {
    name: 'preview <file>',
    description:
      'the plan against the live systems, every change with its reason; writes nothing. With an edited file: what the edit would change',
    examples: [
      'preview tenants/contoso.yaml',
      'preview tenants/contoso.yaml --out plan.csv',
      'preview edited.yaml --against running',
      'preview tenants/contoso.yaml --json',
    ],
  })
    .option('--out <file>', 'writes all changes into plan.csv or plan.json')
    .addOption(
      new Option(
        '--against <what>',
        'lists only what differs from the plan of the configuration in force',
      ).choices(['running']),
    )
    .action(async (fileName: string, { out, against, json }: PreviewFlags) => {
      const format = out === undefined ? null : planFormat(out);
      const file = await readTenantFile(fileName);
      const document = await withClient((client) =>
        makePreview(client, file, {
          againstRunning: against === 'running',
          linesMax: json || out !== undefined ? Number.POSITIVE_INFINITY : shownMax + 1,
          onProgress: progressOf(session, file.tenant),
        }),
      )
        .catch((error: unknown) => nameTenant(error, file.tenant))
        .finally(() => session.watcher?.progress(null));
      if (out !== undefined && format) await writePlan(out, format(document));
      printResult(session, json, document, previewText(document, session.columns));
      if (out !== undefined) say(session, `All changes are in ${out}.`);
      session.exitCode = exitCodeOfPreview(document);
    });
}

function progressOf({ watcher }: Session, tenant: string) {
  if (!watcher) return null;
  return ({ directoryEntries, timelyUsers }: PreviewProgress) =>
    watcher.progress(
      `${tenant}: reading and planning; ${directoryEntries} entries of the directory, ${timelyUsers} users of Timely`,
    );
}

/** Remedies come from a worker that does not say for whom: "timely-sync connect <tenant>". */
function nameTenant(error: unknown, tenant: string): never {
  const { exitCode, message, cause } = explainError(error);
  throw new CommandError(exitCode, message.replaceAll('<tenant>', tenant), cause);
}
