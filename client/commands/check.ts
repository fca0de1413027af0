import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import { checkTenant, checkText, exitCodeOf } from '../remote/check-tenant.ts';
import { withClient } from '../remote/connection.ts';
import { printResult, type Session } from '../render/output.ts';

/** Adds `check`: the preflight of a tenant file. */
export function addCheck(program: Command, session: Session): void {
  addCommand(program, {
    name: 'check <file>',
    description:
      'asks both sides whether the tenant file would work; stores nothing of it and changes nothing',
    examples: ['check tenants/contoso.yaml', 'check tenants/contoso.yaml --json'],
  }).action(async (file: string, { json }: CommonOptions) => {
    const report = await withClient((client) => checkTenant(client, file));
    printResult(session, json, report, json ? '' : checkText(report, session.columns));
    session.exitCode = exitCodeOf(report);
  });
}
