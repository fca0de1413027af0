import type { Command } from 'commander';
import { createProgram } from '../../client/program.ts';

/** Every command that does something, in words: `['approvals', 'list']`. */
export const commandLines: string[][] = linesBelow(
  createProgram({
    out: () => {},
    err: () => {},
    readLine: async () => null,
    watcher: null,
    columns: 100,
    exitCode: 0,
  }),
);

function linesBelow({ commands }: Command): string[][] {
  return commands.flatMap((command) => {
    const below = linesBelow(command);
    return below.length > 0 ? below.map((words) => [command.name(), ...words]) : [[command.name()]];
  });
}
