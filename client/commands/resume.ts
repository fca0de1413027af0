import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `resume`: the end of a pause. */
export function addResume(program: Command, session: Session): void {
  addCommand(program, {
    name: 'resume <tenant>',
    summary: 'ends a pause',
    description:
      'ends a pause. What the last preview of this pause did not show is held in the cycle that follows',
    examples: ['resume contoso'],
  }).action(async (tenant: string, flags: CommonOptions) => {
    const { runResume } = await import('../actions/signal.ts');
    await runResume(session, tenant, flags);
  });
}
