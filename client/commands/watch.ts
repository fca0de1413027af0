import type { Command } from 'commander';
import { addCommand, type CommonOptions, type WebOption, webOption } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `watch`: live progress of the cycle that runs. */
export function addWatch(program: Command, session: Session): void {
  addCommand(program, {
    name: 'watch <tenant>',
    summary: 'live progress of the cycle that runs',
    description:
      'live progress of the cycle that runs, or of the next one: stage, speed, when it will be done; prints its report when it ends',
    examples: ['watch contoso', 'watch contoso --json', 'watch contoso --web'],
  })
    .option(...webOption)
    .action(async (tenant: string, flags: CommonOptions & WebOption) => {
      const { runWatch } = await import('../actions/watch.ts');
      await runWatch(session, tenant, flags);
    });
}
