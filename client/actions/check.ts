import type { CommonOptions } from '../command.ts';
import { checkTenant, checkText, exitCodeOf } from '../remote/check-tenant.ts';
import { withClient } from '../remote/connection.ts';
import { printResult, type Session } from '../render/output.ts';

/** Prints what both sides say of a tenant file, and ends as that is. */
export async function runCheckCommand(
  session: Session,
  file: string,
  { json }: CommonOptions,
): Promise<void> {
  const report = await withClient((client) => checkTenant(client, file));
  printResult(session, json, report, (shown) => checkText(shown, session.columns));
  session.exitCode = exitCodeOf(report);
}
