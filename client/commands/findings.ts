import type { Command } from 'commander';
import type { FindingsFlags } from '../actions/findings.ts';
import { addCommand, outputOption } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `findings`: what an operator should know and no change can fix. */
export function addFindings(program: Command, session: Session): void {
  addCommand(program, {
    name: 'findings [tenant]',
    summary: 'what an operator should know and no change can fix, by kind',
    description:
      'what the last plan found that an operator should know and no change can fix, by kind; docs/findings.md says what each kind means',
    examples: ['findings', 'findings contoso', 'findings contoso --kind no-email', 'findings --output csv'],
  })
    .option('--kind <kind>', 'only findings of this kind, and all of them')
    .addOption(outputOption())
    .action(async (tenant: string | undefined, flags: FindingsFlags) => {
      const { runFindings } = await import('../actions/findings.ts');
      await runFindings(session, tenant, flags);
    });
}
