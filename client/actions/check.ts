import type { CommonOptions } from '../command.ts';
import { checkFile, checkText, exitCodeOf } from '../remote/check-tenant.ts';
import { withClient } from '../remote/connection.ts';
import { printResult, type Session } from '../render/output.ts';
import { readTenantFile } from '../tenant-file.ts';

/**
 * Prints what both sides say of a tenant file, and ends as that is.
 * @throws ConfigurationError or CommandError (2) when the file cannot be read or is not valid
 */
export async function runCheckCommand(
  session: Session,
  fileName: string,
  { json }: CommonOptions,
): Promise<void> {
  const file = await readTenantFile(fileName);
  const report = await withClient((client) => checkFile(client, file));
  printResult(session, json, report, (shown) => checkText(shown, session.columns));
  session.exitCode = exitCodeOf(report);
}
