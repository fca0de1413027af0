/** The session of a real process: its streams, and a person at the terminal. Nothing else writes to the streams. */
import { createInterface } from 'node:readline';
import type { Option } from '@clack/prompts';
import { terminalText } from '../domain/shown-text.ts';
import { exitCodes } from './exit-codes.ts';
import type { Session, Watcher } from './render/output.ts';
import { canMove, movingLine } from './render/progress.ts';

/** Width of tables without a terminal. */
export const defaultColumns = 140;

/** Writes to this process's streams; asks and shows progress only where input and standard error are a terminal. */
export function terminalSession(): Session {
  const { stdin, stdout, stderr } = process;
  const isTerminal = stdin.isTTY && stderr.isTTY;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    readLine: (question, signal) => (isTerminal ? typedLine(question, stderr, signal) : firstLine(stdin)),
    watcher: isTerminal ? terminalWatcher(stderr) : null,
    columns: stdout.columns ?? defaultColumns,
    exitCode: exitCodes.done,
  };
}

/** Writes what this process does on its machine to standard error. */
export function notice(text: string): void {
  process.stderr.write(terminalText(text));
}

async function typedLine(
  message: string,
  output: NodeJS.WriteStream,
  signal?: AbortSignal,
): Promise<string | null> {
  const { text, isCancel } = await import('@clack/prompts');
  const line = await text({ message, output, ...(signal && { signal }) });
  return isCancel(line) ? null : line;
}

async function firstLine(input: NodeJS.ReadStream): Promise<string | null> {
  for await (const line of createInterface({ input })) return line;
  return null;
}

function terminalWatcher(stream: NodeJS.WriteStream): Watcher {
  return {
    async confirm(question) {
      const { confirm, isCancel } = await import('@clack/prompts');
      const answer = await confirm({ message: question, initialValue: false, output: stream });
      return !isCancel(answer) && answer;
    },
    async choose(message, choices) {
      const { select, isCancel } = await import('@clack/prompts');
      const options = choices.map(({ value, label }) => ({ value, label }) as Option<typeof value>);
      const chosen = await select({ message, options, output: stream });
      return isCancel(chosen) ? null : chosen;
    },
    progress: movingLine(stream),
    canMove: canMove(stream),
  };
}
