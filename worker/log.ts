/** Structured logs on standard error, one JSON object a line; Temporal's own logs included. */
import { ApplicationFailure } from '@temporalio/common';
import type { Logger, LogLevel } from '@temporalio/worker';
import { destination, type Logger as Pino, pino } from 'pino';

/**
 * Our own code never logs people or secrets. Text from elsewhere (drivers, servers, Temporal's native part) may hold some,
 * so every line is searched as a whole before it is written.
 */
const secrets: [RegExp, string][] = [
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '[token]'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, '$1 [token]'],
  [
    /\b((?:access_token|refresh_token|client_secret|password)(?:=|\\*"\s*:\s*\\*"))[^"\\\s&]+/gi,
    '$1[secret]',
  ],
  [/[^\s"'<>\\:/()[\],;]+(?::[^\s"'<>\\@/]*)?@[^\s"'<>\\/:()[\],;]+/g, '[address]'],
];

/** Replaces e-mail addresses, tokens, secrets, and passwords in addresses. */
export const withoutSecrets = (line: string): string =>
  secrets.reduce((text, [pattern, instead]) => text.replace(pattern, instead), line);

/** Writes to standard error unless another output is given. */
export const createLog = (level: string, output: { write(line: string): void } = destination(2)): Pino =>
  pino({ level, base: { process: 'worker' }, hooks: { streamWrite: withoutSecrets } }, output);

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

/** The class, to search for, and the message. */
function failureFields(error: unknown): { class?: string; failure?: string } {
  if (!(error instanceof Error)) return {};
  const type = error instanceof ApplicationFailure ? error.type : null;
  return { class: type ?? error.name, failure: error.message };
}
