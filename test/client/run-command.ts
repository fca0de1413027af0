/** Runs a command line in this process and keeps what it wrote. A document has to fit the schema that is published for it. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { documentJsonSchema, documents } from '../../client/documents/documents.ts';
import { exitCodes } from '../../client/exit-codes.ts';
import { run } from '../../client/program.ts';
import type { Session, Watcher } from '../../client/render/output.ts';

/** What a command left behind. */
export interface Outcome {
  exitCode: number;
  out: string;
  err: string;
}

interface Terminal {
  watcher?: Watcher | null;
  /** Returns the line that a person types or pipes in; gets everything that was written before. */
  type?: (written: string) => Promise<string | null>;
  /** Width of tables. Default 120. */
  columns?: number;
}

/** A session without a reader. */
export const silentSession = (): Session => ({
  out: () => undefined,
  err: () => undefined,
  readLine: async () => null,
  watcher: null,
  columns: 100,
  rows: null,
  exitCode: exitCodes.done,
});

/** Runs a command line, without a terminal unless `watcher` is given. */
export async function runCommand(
  words: string[],
  { watcher = null, type = async () => null, columns = 120 }: Terminal = {},
): Promise<Outcome> {
  const written = { out: '', err: '' };
  const session: Session = {
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    readLine: () => type(written.out + written.err),
    watcher,
    columns,
    rows: null,
    exitCode: exitCodes.done,
  };
  const exitCode = await run(words, session);
  if (words.includes('--json') && written.out !== '') expectPublished(words, written.out);
  return { exitCode, ...written };
}

const ajv = new Ajv2020({ strict: false });
const validators = new Map<string, ValidateFunction>();

/** @throws Error where the document is not what `timely-sync schema` says of the command */
function expectPublished(words: readonly string[], out: string): void {
  const name = [words.slice(0, 2).join(' '), words[0] ?? ''].find((each) => documents.has(each));
  const document = name === undefined ? undefined : documents.get(name);
  if (name === undefined || !document) return;
  const validate = validators.get(name) ?? ajv.compile(documentJsonSchema(name, document));
  validators.set(name, validate);
  if (!validate(JSON.parse(out)))
    throw new Error(
      `${name} --json prints what its schema does not allow: ${ajv.errorsText(validate.errors)}`,
    );
}

/** A person at a terminal who always gives the same answer; `seen` lists questions and progress. */
export function watcherWho(agrees: boolean): Watcher & { seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    canMove: true,
    confirm: async (question) => {
      seen.push(question);
      return agrees;
    },
    choose: async (question, choices) => {
      seen.push(question, ...choices.map(({ label }) => label));
      return agrees ? (choices[0]?.value ?? null) : null;
    },
    onKey: () => () => undefined,
    progress: (text) => {
      if (text !== null) seen.push(text);
    },
  };
}

/** The text of a table with single blanks, whatever the width of its columns. */
export const flat = (text: string): string => text.replace(/[\s│]+/g, ' ');
