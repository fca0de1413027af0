import type { Command } from 'commander';
import type { ConfigFlags } from '../actions/config.ts';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `config`: the tenant file in force, or an earlier version of it. */
export function addConfig(program: Command, session: Session): void {
  addCommand(program, {
    name: 'config <tenant>',
    summary: 'the tenant file in force, who gave it and when, and what it changed',
    description:
      'the tenant file in force or an earlier version, who gave it and when, and what it changed. Standard output is the file alone',
    examples: ['config contoso', 'config contoso --version 2', 'config contoso > contoso.yaml'],
  })
    .option('--version <number>', 'this version of the file')
    .action(async (tenant: string, flags: ConfigFlags) => {
      const { runConfig } = await import('../actions/config.ts');
      await runConfig(session, tenant, flags);
    });
}
