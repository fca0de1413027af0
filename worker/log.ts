/** Structured logs on standard error, one JSON object a line; Temporal's own logs included. */
import { ApplicationFailure } from '@temporalio/common';
import type { Logger, LogLevel } from '@temporalio/worker';
import { destination, type Logger as Pino, pino } from 'pino';
import { failureTypes } from '../domain/errors.ts';
import { seenJson } from '../domain/shown-text.ts';

/** What replaces a word: the text between two characters that end it. */
type Hide = (word: string) => string;

/** Inner "@", so that neither `@temporalio` nor `bo@` is taken for an address. */
const hideAddress: Hide = (word) => (word.slice(1, -1).includes('@') ? '[address]' : word);

/** A JSON Web Token: three parts, the first of which is base64url of `{"`. */
const hideToken: Hide = (word) => (word.includes('eyJ') && word.split('.').length > 2 ? '[token]' : word);

/**
 * Replaces e-mail addresses, tokens, secrets, and passwords in addresses. Our own code never logs people or secrets. Text from
 * elsewhere (drivers, servers, Temporal's native part) may hold some, so every line is searched as a whole before it is
 * written. Linear in the line: each pattern takes whole words, and a function looks into the word.
 */
export const withoutSecrets = (line: string): string =>
  line
    .replace(/[\w.-]+/g, hideToken)
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, '$1 [token]')
    .replace(
      /\b((?:access_token|refresh_token|client_secret|password)(?:=|\\*"\s*:\s*\\*"))[^"\\\s&]+/gi,
      '$1[secret]',
    )
    .replace(/[^\s"'<>\\/]+/g, hideAddress);

/** Longer lines are shortened field by field: a message to a worker may have two million characters. */
const lineMax = 16_384;
const fieldMax = 1_000;
const fieldsMax = 30;

/** The line, or what is left of a too long one. */
function boundedLine(line: string): string {
  if (line.length <= lineMax) return line;
  const fields = Object.entries(JSON.parse(line)).slice(0, fieldsMax);
  return `${JSON.stringify(Object.fromEntries(fields.map(([name, value]) => [name.slice(0, fieldMax), shortened(value)])))}\n`;
}

function shortened(value: unknown): unknown {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  if (text.length <= fieldMax) return value;
  // Searched before the cut, which could leave a part of a secret that no longer looks like one.
  const searched = withoutSecrets(text.slice(0, 4 * fieldMax));
  return `${searched.slice(0, fieldMax)}… (${text.length} characters)`;
}

/** Writes to standard error unless another output is given. A terminal may show it: what cannot be seen is escaped. */
export const createLog = (level: string, output: { write(line: string): void } = destination(2)): Pino =>
  pino(
    {
      level,
      base: { process: 'worker' },
      hooks: { streamWrite: (line) => seenJson(withoutSecrets(boundedLine(line))) },
    },
    output,
  );

const levels: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** Fields of Temporal that do not help the readers of logs. */
const omittedFields = ['taskToken', 'sdkComponent', 'isLocal'];

/** Temporal's logger on top of ours. It omits causes and stacks, which repeat what failures of Graph or Timely carried. */
export function temporalLogger(log: Pino): Logger {
  const write = (level: LogLevel, message: string, meta: Record<string, unknown> = {}) => {
    const { error, ...rest } = meta;
    for (const name of omittedFields) delete rest[name];
    log[levels[level]]({ ...rest, ...failureFields(error) }, message);
  };
  return {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  };
}

/**
 * The class, to search for, and the message. The message of a wrong use repeats what a person has typed, perhaps the name of
 * somebody who was erased, and has already reached that person.
 */
function failureFields(error: unknown): { class?: string; failure?: string } {
  if (!(error instanceof Error)) return {};
  const type = error instanceof ApplicationFailure ? error.type : null;
  if (type === failureTypes.wrongUse) return { class: type, failure: 'told to the person who asked' };
  return { class: type ?? error.name, failure: error.message };
}
