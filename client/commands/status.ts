import type { Command } from 'commander';
import type { StatusFlags } from '../actions/status.ts';
import { addCommand, outputOption, webOption } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `status`: how all tenants are, or one in full. */
export function addStatus(program: Command, session: Session): void {
  addCommand(program, {
    name: 'status [tenant]',
    summary: 'how all tenants are, or one in full',
    description: 'how all tenants are, in a table; or one tenant in full',
    examples: ['status', 'status contoso', 'status --output csv', 'status contoso --web'],
  })
    .addOption(outputOption())
    .option(...webOption)
    .action(async (tenant: string | undefined, flags: StatusFlags) => {
      const { runStatus } = await import('../actions/status.ts');
      await runStatus(session, tenant, flags);
    });
}
