import { randomUUID } from 'node:crypto';
import { workflowPage } from '../../domain/temporal-ui.ts';
import { provisionWorkflowId } from '../../workflows/messages.ts';
import type { CommonOptions, WebOption } from '../command.ts';
import { personMeant } from '../names/subject-meant.ts';
import { withClient } from '../remote/connection.ts';
import { exitCodeOfProvision, provision, provisionText } from '../remote/provision.ts';
import { printResult, type Session } from '../render/output.ts';
import { withProgress } from '../render/progress.ts';
import { showPage, temporalUi } from '../temporal-ui.ts';

export interface ProvisionFlags extends CommonOptions, WebOption {
  evenIfPaused?: boolean;
}

/** Has the loop see to one person now, and prints what became of it; with `--web` it shows the page of its workflow. */
export async function runProvision(
  session: Session,
  tenant: string,
  person: string,
  { evenIfPaused = false, json, web }: ProvisionFlags,
): Promise<void> {
  const id = randomUUID();
  const page = web ? workflowPage(await temporalUi(), provisionWorkflowId(tenant, id)) : null;
  const report = await withProgress(session, (show) =>
    withClient(async (client) => {
      const meant = await personMeant(client, session, tenant, person);
      return await provision(client, { tenant, person: meant, id, evenIfPaused }, show);
    }),
  );
  if (page !== null) showPage(session, json, page);
  else printResult(session, json, report, (shown) => provisionText(shown, session.columns));
  session.exitCode = exitCodeOfProvision(report);
}
