import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `stop`: the end of a tenant's loop. */
export function addStop(program: Command, session: Session): void {
  addCommand(program, {
    name: 'stop <tenant>',
    summary: "ends a tenant's loop and leaves everybody as they are",
    description: 'ends the loop and leaves everybody as they are; `start` begins it again',
    examples: ['stop contoso'],
  }).action(async (tenant: string, flags: CommonOptions) => {
    const { runSignal } = await import('../actions/signal.ts');
    await runSignal(session, 'stop', tenant, flags);
  });
}
