import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import type { Session } from '../render/output.ts';

/** Adds `schema`: the JSON Schema of what a command prints with `--json`. */
export function addSchema(program: Command, session: Session): void {
  addCommand(program, {
    name: 'schema [command...]',
    summary: 'the JSON Schema of what a command prints with --json',
    description: 'the JSON Schema of what a command prints with --json; without a command the schemas of all',
    examples: ['schema status', 'schema approvals list', 'schema > timely-sync.schemas.json'],
  }).action(async (command: string[]) => {
    const { runSchema } = await import('../actions/schema.ts');
    runSchema(session, command);
  });
}
