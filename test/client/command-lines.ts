import type { Command } from 'commander';
import { createProgram } from '../../client/program.ts';
import { silentSession } from './run-command.ts';

/** Every command that does something, in words: `['approvals', 'list']`. */
export const commandLines: string[][] = linesBelow(createProgram(silentSession()));

function linesBelow({ commands }: Command): string[][] {
  return commands.flatMap((command) => {
    const below = linesBelow(command);
    return below.length > 0 ? below.map((words) => [command.name(), ...words]) : [[command.name()]];
  });
}
