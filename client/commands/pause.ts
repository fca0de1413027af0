import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `pause`: no cycle begins until `resume`. */
export function addPause(program: Command, session: Session): void {
  addCommand(program, {
    name: 'pause <tenant>',
    summary: 'lets no further cycle begin',
    description:
      'lets no further cycle begin; the one that runs finishes what is on its way to Timely, and ends',
    examples: ['pause contoso'],
  }).action(async (tenant: string, flags: CommonOptions) => {
    const { runSignal } = await import('../actions/signal.ts');
    await runSignal(session, 'pause', tenant, flags);
  });
}
