import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import { withClient } from '../remote/connection.ts';
import { allTenants, tenantsTable } from '../remote/status-of-all.ts';
import { tenantInFull, tenantInFullText } from '../remote/status-of-one.ts';
import { printResult, type Session } from '../render/output.ts';

/** Adds `status`: how all tenants are, or one in full. */
export function addStatus(program: Command, session: Session): void {
  addCommand(program, {
    name: 'status [tenant]',
    description: 'how all tenants are, in a table; or one tenant in full',
    examples: ['status', 'status contoso', 'status contoso --json'],
  }).action(async (tenant: string | undefined, { json }: CommonOptions) => {
    await withClient(async (client) => {
      if (tenant === undefined) {
        const tenants = await allTenants(client);
        printResult(session, json, { tenants }, tenantsTable(tenants, session.columns));
      } else {
        const report = await tenantInFull(client, tenant);
        printResult(session, json, report, tenantInFullText(report, session.columns));
      }
    });
  });
}
