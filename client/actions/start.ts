import type { CommonOptions } from '../command.ts';
import { withClient } from '../remote/connection.ts';
import { startTenant } from '../remote/start-tenant.ts';
import { printResult, type Session, say } from '../render/output.ts';

/** Starts the loop of a tenant file, or gives the running one its new configuration. */
export async function runStart(session: Session, file: string, { json }: CommonOptions): Promise<void> {
  const { tenant, configured, paused } = await withClient((client) => startTenant(client, file));
  const state = configured.changed ? 'is the new configuration' : 'was the configuration already';
  printResult(
    session,
    json,
    { tenant, ...configured },
    () => `${tenant} ${paused ? 'is paused' : 'runs'}; version ${configured.version} ${state}.`,
  );
  say(session, `Next: timely-sync ${paused ? 'resume' : 'status'} ${tenant}`);
}
