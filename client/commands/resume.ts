import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `resume`: the end of a pause. */
export function addResume(program: Command, session: Session): void {
  addCommand(program, {
    name: 'resume <tenant>',
    summary: 'ends a pause',
    description: 'ends a pause',
    examples: ['resume contoso'],
  }).action(async (tenant: string, flags: CommonOptions) => {
    const { runSignal } = await import('../actions/signal.ts');
    await runSignal(session, 'resume', tenant, flags);
  });
}
