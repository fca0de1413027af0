/** A program at a terminal of 80 columns, as a person has it, by `script` of util-linux. */

import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { until } from '../../support/world.ts';

export interface Typist {
  /** Waits until the text is on the screen after what was waited for before, then types the line. */
  answer(shown: string, line: string): Promise<void>;
  /** Waits until the text is on the screen after what was waited for before. */
  see(shown: string): Promise<void>;
  /** Everything that was shown, without colours and cursor movements. */
  screen(): string;
  ended: Promise<number | undefined>;
  kill(): void;
}

const withinMs = 30_000;

/** Starts `node` with these words; the variables are added to those of this process. */
export function atTerminal(words: string[], env: NodeJS.ProcessEnv): Typist {
  const quoted = [process.execPath, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const child = execa('script', ['-qefc', `stty cols 80 rows 40; ${quoted}`, '/dev/null'], {
    env,
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
  const see = async (shown: string) => {
    const at = await until(
      `"${shown}" on the screen`,
      async () => {
        const found = screen().indexOf(shown, seenTo);
        return found < 0 ? null : found;
      },
      withinMs,
    ).catch((cause: unknown) => {
      throw new Error(`"${shown}" is not on the screen:\n${screen().slice(seenTo)}`, { cause });
    });
    seenTo = at + shown.length;
  };
  return {
    see,
    screen,
    async answer(shown, line) {
      await see(shown);
      child.stdin.write(`${line}\r`);
    },
    ended: child.then(({ exitCode }) => exitCode),
    kill: () => void child.kill('SIGKILL'),
  };
}
