import type { Command } from 'commander';
import type { UndoFlags } from '../actions/undo.ts';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `undo`: takes a cycle back, through the same gate, and pauses the tenant. */
export function addUndo(program: Command, session: Session): void {
  addCommand(program, {
    name: 'undo <tenant> <cycle>',
    summary: 'takes a cycle back, and pauses the tenant',
    description: 'takes back what a cycle did, and pauses the tenant; says first what cannot be taken back',
    examples: ['undo contoso 7', 'undo contoso 7 --yes --by it-lead@contoso.example'],
  })
    .option('--by <name>', 'who takes it back, for the journal; otherwise the user of this machine')
    .option('--yes', 'does not ask')
    .action(async (tenant: string, cycle: string, flags: UndoFlags) => {
      const { runUndo } = await import('../actions/undo.ts');
      await runUndo(session, tenant, cycle, flags);
    });
}
