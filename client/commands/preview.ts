import { type Command, Option } from 'commander';
import type { PreviewFlags } from '../actions/preview.ts';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `preview`: the plan of the next cycle, with nothing written. */
export function addPreview(program: Command, session: Session): void {
  addCommand(program, {
    name: 'preview <file>',
    summary: 'the plan against the live systems, every change with its reason; writes nothing',
    description:
      'the plan against the live systems, every change with its reason; writes nothing. With an edited file: what the edit would change',
    examples: [
      'preview tenants/contoso.yaml',
      'preview tenants/contoso.yaml --out plan.csv',
      'preview edited.yaml --against running',
      'preview tenants/contoso.yaml --json',
    ],
  })
    .option('--out <file>', 'writes all changes into plan.csv or plan.json')
    .addOption(
      new Option(
        '--against <what>',
        'lists only what differs from the plan of the configuration in force',
      ).choices(['running']),
    )
    .action(async (file: string, flags: PreviewFlags) => {
      const { runPreview } = await import('../actions/preview.ts');
      await runPreview(session, file, flags);
    });
}
