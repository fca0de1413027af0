import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `start`: begins to sync a tenant, or changes how. */
export function addStart(program: Command, session: Session): void {
  addCommand(program, {
    name: 'start <file>',
    summary: "starts a tenant's workflow, or changes its configuration",
    description: "starts the tenant's workflow, or gives the running one its new configuration",
    examples: ['start tenants/contoso.yaml', 'start tenants/contoso.yaml --json'],
  }).action(async (file: string, flags: CommonOptions) => {
    const { runStart } = await import('../actions/start.ts');
    await runStart(session, file, flags);
  });
}
