/** A program at a terminal of 80 columns, as a person has it, by `script` of util-linux. */

import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import stringWidth from 'string-width';
import { until } from '../../support/world.ts';

export interface Typist {
  /** Waits until the text is on the screen after what was waited for before, then types the line. */
  answer(shown: string, line: string): Promise<void>;
  /** Types the line at once. */
  type(line: string): void;
  /** Presses one key, without Enter. */
  press(key: string): void;
  /** Waits until the text is on the screen after what was waited for before. */
  see(shown: string, withinMs?: number): Promise<void>;
  /** Everything that was shown, without colours and cursor movements. */
  screen(): string;
  /** Every line that was ever shown and that the terminal had to break. */
  brokenLines(): string[];
  ended: Promise<number | undefined>;
  kill(): void;
}

export const terminalColumns = 80;

const usuallyWithinMs = 30_000;
/** A line that moves would fill pages. */
const shownMax = 4_000;

/** ECMA-48: what moves the cursor or erases a part of the screen. After it another line is written, or the same once more. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's own
const movements = /\r|\u001b\[[\d;]*[A-HJKf]/g;

/** Starts `node` with these words; the variables are added to those of this process. */
export function atTerminal(words: string[], env: NodeJS.ProcessEnv, folder?: string): Typist {
  const quoted = [process.execPath, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const child = execa('script', ['-qefc', `stty cols ${terminalColumns} rows 40; ${quoted}`, '/dev/null'], {
    env,
    ...(folder !== undefined && { cwd: folder }),
    reject: false,
    buffer: false,
    stdin: 'pipe',
  });
  let raw = '';
  let seenTo = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    raw += chunk.toString('utf8');
  });
  const screen = () => stripVTControlCharacters(raw).replace(/\r/g, '');
  const see = async (shown: string, withinMs = usuallyWithinMs) => {
    const at = await until(
      `"${shown}" on the screen`,
      async () => {
        const found = screen().indexOf(shown, seenTo);
        return found < 0 ? null : found;
      },
      withinMs,
    ).catch((cause: unknown) => {
      throw new Error(`"${shown}" is not on the screen:\n${screen().slice(seenTo).slice(-shownMax)}`, {
        cause,
      });
    });
    seenTo = at + shown.length;
  };
  const type = (line: string) => void child.stdin.write(`${line}\r`);
  return {
    see,
    screen,
    type,
    press: (key) => void child.stdin.write(key),
    brokenLines: () =>
      stripVTControlCharacters(raw.replace(movements, '\n'))
        .split('\n')
        .filter((line) => stringWidth(line) > terminalColumns),
    async answer(shown, line) {
      await see(shown);
      type(line);
    },
    ended: child.then(({ exitCode }) => exitCode),
    kill: () => void child.kill('SIGKILL'),
  };
}
