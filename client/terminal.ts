/** The session of a real process: its streams, and a person at the terminal. Nothing else writes to the streams. */
import { createInterface } from 'node:readline';
import type { Option } from '@clack/prompts';
import { terminalText } from '../domain/shown-text.ts';
import { exitCodes } from './exit-codes.ts';
import type { LineOptions, Session, Watcher } from './render/output.ts';
import { painted, showsColours } from './render/paint.ts';
import { canMove, movingLine } from './render/progress.ts';
import { fitted } from './render/wrapped-text.ts';

/** Width of tables without a terminal. */
export const defaultColumns = 140;

/** Writes to this process's streams; asks and shows progress only where input and standard error are a terminal. */
export function terminalSession(): Session {
  const { stdin, stdout, stderr } = process;
  const isTerminal = stdin.isTTY && stderr.isTTY;
  return {
    out: writerTo(stdout),
    err: messagesTo(stderr),
    readLine: (question, options) => (isTerminal ? typedLine(question, stderr, options) : firstLine(stdin)),
    watcher: isTerminal ? terminalWatcher(stderr) : null,
    columns: stdout.columns ?? defaultColumns,
    // A terminal that does not know its height says 0.
    rows: stdout.rows || null,
    exitCode: exitCodes.done,
  };
}

const writerTo = (stream: NodeJS.WriteStream): ((text: string) => void) =>
  showsColours(stream, process.env)
    ? (text) => void stream.write(painted(text))
    : (text) => void stream.write(text);

/** Messages are prose: on a terminal they break at words. */
function messagesTo(stream: NodeJS.WriteStream): (text: string) => void {
  const write = writerTo(stream);
  return canMove(stream) ? (text) => write(fitted(text, stream.columns)) : write;
}

/** Writes what this process does on its machine to standard error. */
export function notice(text: string): void {
  messagesTo(process.stderr)(terminalText(text));
}

async function typedLine(
  message: string,
  output: NodeJS.WriteStream,
  { otherwise, signal }: LineOptions = {},
): Promise<string | null> {
  const { text, isCancel } = await import('@clack/prompts');
  const given = { ...(otherwise && { defaultValue: otherwise }), ...(signal && { signal }) };
  const line = await text({ message, output, ...given });
  return isCancel(line) ? null : line;
}

async function firstLine(input: NodeJS.ReadStream): Promise<string | null> {
  for await (const line of createInterface({ input })) return line;
  return null;
}

/** Each key at once, without Enter. Ctrl-C stays the signal that it is. */
const keysOf =
  (input: NodeJS.ReadStream): Watcher['onKey'] =>
  (pressed) => {
    const heard = (bytes: Buffer) => {
      const text = bytes.toString();
      if (text === '\u0003') process.kill(process.pid, 'SIGINT');
      else pressed(text);
    };
    input.setRawMode(true).on('data', heard).resume();
    return () => void input.off('data', heard).setRawMode(false).pause();
  };

const isYes = (line: string | null) => /^\s*y(es)?\s*$/i.test(line ?? '');

function terminalWatcher(stream: NodeJS.WriteStream): Watcher {
  return {
    // A whole word with Enter: what is typed or pasted for the next prompt of the shell is no answer.
    confirm: async (question) => isYes(await typedLine(`${question} (yes or no)`, stream)),
    async choose(message, choices) {
      const { select, isCancel } = await import('@clack/prompts');
      const options = choices.map(({ value, label }) => ({ value, label }) as Option<typeof value>);
      const chosen = await select({ message, options, output: stream });
      return isCancel(chosen) ? null : chosen;
    },
    onKey: keysOf(process.stdin),
    progress: movingLine(stream),
    canMove: canMove(stream),
  };
}
