import type { Client } from '@temporalio/client';
import type { OpenFinding } from '../../domain/contract/report.ts';
import { findingKinds } from '../../domain/plan/finding-kinds.ts';
import type { ListOptions } from '../command.ts';
import { usageError } from '../exit-codes.ts';
import { withClient } from '../remote/connection.ts';
import { requireTenant, tenantNames } from '../remote/known-tenant.ts';
import { everyItem, queryWorker } from '../remote/query.ts';
import { findingsText } from '../render/findings-text.ts';
import { fieldsOf, printList } from '../render/list-output.ts';
import type { Session } from '../render/output.ts';

export interface FindingsFlags extends ListOptions {
  kind?: string;
}

/** Prints what the last plan of one tenant, or of each, has found. */
export async function runFindings(
  session: Session,
  tenant: string | undefined,
  { kind, ...flags }: FindingsFlags,
): Promise<void> {
  if (kind !== undefined && !findingKinds.some((known) => known === kind))
    throw usageError(`"${kind}" is not a kind of finding. Kinds are: ${findingKinds.join(', ')}.`);
  const findings = await withClient(async (client) => {
    const tenants = tenant === undefined ? await tenantNames(client) : [tenant];
    const found = await Promise.all(tenants.map((name) => openFindings(client, name, kind ?? null)));
    if (tenant !== undefined && found.flat().length === 0) await requireTenant(client, tenant);
    return found.flat();
  });
  printList(
    session,
    flags,
    { findings },
    {
      textOf: (shown) => findingsText(shown.findings, session, kind !== undefined),
      titles: columns.titles,
      rowsOf: (shown) => columns.rows(shown.findings),
    },
  );
}

const columns = fieldsOf<OpenFinding, keyof OpenFinding>(['tenant', 'kind', 'subject', 'message', 'since']);

function openFindings(client: Client, tenant: string, kind: string | null): Promise<OpenFinding[]> {
  return everyItem<OpenFinding>((after) =>
    queryWorker(client, { about: 'openFindings', tenant, kind, after }),
  );
}
