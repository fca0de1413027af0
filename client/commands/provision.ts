import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import { withClient } from '../remote/connection.ts';
import { exitCodeOfProvision, provision, provisionText } from '../remote/provision.ts';
import { printResult, type Session } from '../render/output.ts';

/** Adds `provision`: one person now. */
export function addProvision(program: Command, session: Session): void {
  addCommand(program, {
    name: 'provision <tenant> <person>',
    description:
      'one person now, joiner, mover or leaver, by the same rules and the same gate as a cycle. Takes an e-mail address, a name, an object id or a sign-in name',
    examples: ['provision contoso nora.winter@contoso.example', 'provision contoso "Nora Winter" --json'],
  }).action(async (tenant: string, person: string, { json }: CommonOptions) => {
    const { watcher } = session;
    const onProgress = watcher ? (text: string) => watcher.progress(text) : null;
    const report = await withClient((client) => provision(client, tenant, person, onProgress)).finally(() =>
      watcher?.progress(null),
    );
    printResult(session, json, report, provisionText(report, session.columns));
    session.exitCode = exitCodeOfProvision(report);
  });
}
