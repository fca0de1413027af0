import type { Client } from '@temporalio/client';
import { cycleDocument, exitCodeFor } from '../remote/cycle-document.ts';
import { reportTable } from '../remote/cycle-report.ts';
import { printResult, type Session } from '../render/output.ts';

/** Prints the report of one cycle, and ends the command as the cycle ended. */
export async function printCycle(
  client: Client,
  session: Session,
  { tenant, cycle }: { tenant: string; cycle: number },
  json: boolean | undefined,
): Promise<void> {
  const document = await cycleDocument(client, [{ tenant, cycle }]);
  const text = json ? '' : await reportTable(client, tenant, cycle, session.columns);
  printResult(session, json, document, () => text);
  session.exitCode = exitCodeFor(document);
}
