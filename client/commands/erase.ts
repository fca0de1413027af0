import type { Command } from 'commander';
import type { EraseFlags } from '../actions/erase.ts';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `erase`: what the store keeps of one person goes, and the journal's chain stands. */
export function addErase(program: Command, session: Session): void {
  addCommand(program, {
    name: 'erase <tenant> <person>',
    summary: 'erases what is kept of one person who has left',
    description: 'erases what is kept of one person who has left; the journal stays whole',
    examples: [
      'erase contoso bo@contoso.example',
      'erase contoso bo@contoso.example --yes --by privacy@contoso.example',
    ],
  })
    .option('--by <name>', 'who erases, for the journal; otherwise the user of this machine')
    .option('--yes', 'does not ask')
    .action(async (tenant: string, person: string, flags: EraseFlags) => {
      const { runErase } = await import('../actions/erase.ts');
      await runErase(session, tenant, person, flags);
    });
}
