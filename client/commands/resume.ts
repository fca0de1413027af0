import type { Command } from 'commander';
import type { OrderFlags } from '../actions/signal.ts';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `resume`: the end of a pause. */
export function addResume(program: Command, session: Session): void {
  addCommand(program, {
    name: 'resume <tenant>',
    summary: 'ends a pause',
    description:
      'ends a pause. What the last preview of this pause did not show is held in the cycle that follows',
    examples: ['resume contoso'],
  })
    .option('--by <name>', 'who lets it go on, for the journal; otherwise the user of this machine')
    .action(async (tenant: string, flags: OrderFlags) => {
      const { runResume } = await import('../actions/signal.ts');
      await runResume(session, tenant, flags);
    });
}
