import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import { withClient } from '../remote/connection.ts';
import { startTenant } from '../remote/start-tenant.ts';
import { printResult, type Session, say } from '../render/output.ts';

/** Adds `start`: begins to sync a tenant, or changes how. */
export function addStart(program: Command, session: Session): void {
  addCommand(program, {
    name: 'start <file>',
    description: "starts the tenant's workflow, or gives the running one its new configuration",
    examples: ['start tenants/contoso.yaml', 'start tenants/contoso.yaml --json'],
  }).action(async (file: string, { json }: CommonOptions) => {
    const { tenant, configured, paused } = await withClient((client) => startTenant(client, file));
    const state = configured.changed ? 'is the new configuration' : 'was the configuration already';
    printResult(
      session,
      json,
      { tenant, ...configured },
      `${tenant} ${paused ? 'is paused' : 'runs'}; version ${configured.version} ${state}.`,
    );
    say(session, `Next: timely-sync ${paused ? 'resume' : 'status'} ${tenant}`);
  });
}
