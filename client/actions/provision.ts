import type { CommonOptions } from '../command.ts';
import { personMeant } from '../names/subject-meant.ts';
import { withClient } from '../remote/connection.ts';
import { exitCodeOfProvision, provision, provisionText } from '../remote/provision.ts';
import { printResult, type Session } from '../render/output.ts';
import { withProgress } from '../render/progress.ts';

export interface ProvisionFlags extends CommonOptions {
  evenIfPaused?: boolean;
}

/** Has the loop see to one person now, and prints what became of it. */
export async function runProvision(
  session: Session,
  tenant: string,
  person: string,
  { evenIfPaused = false, json }: ProvisionFlags,
): Promise<void> {
  const report = await withProgress(session, (show) =>
    withClient(async (client) => {
      const meant = await personMeant(client, session, tenant, person);
      return await provision(client, { tenant, person: meant, evenIfPaused }, show);
    }),
  );
  printResult(session, json, report, (shown) => provisionText(shown, session.columns));
  session.exitCode = exitCodeOfProvision(report);
}
