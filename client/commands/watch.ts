import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import { withClient } from '../remote/connection.ts';
import { cycleDocument, exitCodeFor } from '../remote/cycle-document.ts';
import { watchCycle } from '../remote/watch.ts';
import { printResult, type Session } from '../render/output.ts';
import { reportTable } from '../render/report-table.ts';

/** Adds `watch`: live progress of the cycle that runs. */
export function addWatch(program: Command, session: Session): void {
  addCommand(program, {
    name: 'watch <tenant>',
    description:
      'live progress of the cycle that runs, or of the next one: stage, speed, when it will be done; prints its report when it ends',
    examples: ['watch contoso', 'watch contoso --json'],
  }).action(async (tenant: string, { json }: CommonOptions) => {
    const { watcher } = session;
    await withClient(async (client) => {
      const onProgress = watcher ? (line: string) => watcher.progress(line) : null;
      const cycle = await watchCycle(client, tenant, onProgress).finally(() => watcher?.progress(null));
      const document = await cycleDocument(client, [{ tenant, cycle }]);
      const text = json ? '' : await reportTable(client, tenant, cycle, session.columns);
      printResult(session, json, document, text);
      session.exitCode = exitCodeFor(document);
    });
  });
}
