import type { CommonOptions } from '../command.ts';
import { withClient } from '../remote/connection.ts';
import { exitCodeOfProvision, provision, provisionText } from '../remote/provision.ts';
import { printResult, type Session } from '../render/output.ts';
import { withProgress } from '../render/progress.ts';

/** Has the loop see to one person now, and prints what became of it. */
export async function runProvision(
  session: Session,
  tenant: string,
  person: string,
  { json }: CommonOptions,
): Promise<void> {
  const report = await withProgress(session, (show) =>
    withClient((client) => provision(client, tenant, person, show)),
  );
  printResult(session, json, report, (shown) => provisionText(shown, session.columns));
  session.exitCode = exitCodeOfProvision(report);
}
