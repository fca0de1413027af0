/** What all commands have in common. */
import type { Command } from 'commander';

/** A command's name with its arguments, what it does, and at least one example of its use. */
export interface CommandText {
  name: string;
  description: string;
  examples: [string, ...string[]];
}

/** Adds a command, with `--json` and its examples below `--help`. */
export function addCommand(parent: Command, { name, description, examples }: CommandText): Command {
  return parent
    .command(name)
    .description(description)
    .option('--json', 'print one JSON document')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  timely-sync ${example}`).join('\n')}`);
}

/** Options that every command takes. */
export interface CommonOptions {
  json?: boolean;
}
