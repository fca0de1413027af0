import type { Command } from 'commander';
import type { StartFlags } from '../actions/start.ts';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `start`: begins to sync a tenant, or changes how. */
export function addStart(program: Command, session: Session): void {
  addCommand(program, {
    name: 'start <file>',
    summary: "starts a tenant's workflow, or changes its configuration",
    description:
      "starts the tenant's workflow, a new tenant paused; or gives the running one its new configuration: shows what it changes, and asks",
    examples: [
      'start tenants/contoso.yaml',
      'start tenants/contoso.yaml --run',
      'start edited.yaml --yes --json',
    ],
  })
    .option('--run', 'lets a new tenant begin at once; otherwise it starts paused')
    .option('--yes', 'does not ask about an edited file')
    .option('--by <name>', 'who gives the file, for the journal; otherwise the user of this machine')
    .action(async (file: string, flags: StartFlags) => {
      const { runStart } = await import('../actions/start.ts');
      await runStart(session, file, flags);
    });
}
