import type { Command } from 'commander';
import { addCommand, type CommonOptions } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `check`: the preflight of a tenant file. */
export function addCheck(program: Command, session: Session): void {
  addCommand(program, {
    name: 'check <file>',
    summary: 'asks both sides whether a tenant file would work',
    description:
      'asks both sides whether the tenant file would work; stores nothing of it and changes nothing',
    examples: ['check tenants/contoso.yaml', 'check tenants/contoso.yaml --json'],
  }).action(async (file: string, flags: CommonOptions) => {
    const { runCheckCommand } = await import('../actions/check.ts');
    await runCheckCommand(session, file, flags);
  });
}
