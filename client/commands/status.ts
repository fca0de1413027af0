import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `status`: how all tenants are, or one in full. */
export function addStatus(program: Command, session: Session): void {
  addCommand(program, {
    name: 'status [tenant]',
    summary: 'how all tenants are, or one in full',
    description: 'how all tenants are, in a table; or one tenant in full',
    examples: ['status', 'status contoso', 'status contoso --json'],
  }).action(async (tenant: string | undefined, flags: CommonOptions) => {
    const { runStatus } = await import('../actions/status.ts');
    await runStatus(session, tenant, flags);
  });
}
