import type { Command } from 'commander';
import type { OrderFlags } from '../actions/signal.ts';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `pause`: no cycle begins until `resume`. */
export function addPause(program: Command, session: Session): void {
  addCommand(program, {
    name: 'pause <tenant>',
    summary: 'lets no further cycle begin',
    description:
      'lets no further cycle begin; the one that runs finishes what is on its way to Timely, and ends',
    examples: ['pause contoso'],
  })
    .option('--by <name>', 'who pauses it, for the journal; otherwise the user of this machine')
    .action(async (tenant: string, flags: OrderFlags) => {
      const { runSignal } = await import('../actions/signal.ts');
      await runSignal(session, 'pause', tenant, flags);
    });
}
