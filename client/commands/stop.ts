import type { Command } from 'commander';
import type { OrderFlags } from '../actions/signal.ts';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `stop`: the end of a tenant's loop. */
export function addStop(program: Command, session: Session): void {
  addCommand(program, {
    name: 'stop <tenant>',
    summary: "ends a tenant's loop and leaves users as they are",
    description: 'ends the loop and leaves users as they are; `start` begins it again',
    examples: ['stop contoso'],
  })
    .option('--by <name>', 'who stops it, for the journal; otherwise the user of this machine')
    .action(async (tenant: string, flags: OrderFlags) => {
      const { runSignal } = await import('../actions/signal.ts');
      await runSignal(session, 'stop', tenant, flags);
    });
}
