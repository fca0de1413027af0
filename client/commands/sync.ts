import type { Command } from 'commander';
import type { SyncFlags } from '../actions/sync.ts';
import { addCommand, webOption } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `sync`: a cycle now, and its report. */
export function addSync(program: Command, session: Session): void {
  addCommand(program, {
    name: 'sync <tenant>',
    summary: 'a cycle now',
    description: 'a cycle now; waits for it and prints its report',
    examples: ['sync contoso', 'sync contoso --full', 'sync contoso --json', 'sync contoso --web'],
  })
    .option('--full', 'read both sides whole instead of what changed')
    .option(...webOption)
    .action(async (tenant: string, flags: SyncFlags) => {
      const { runSync } = await import('../actions/sync.ts');
      await runSync(session, tenant, flags);
    });
}
