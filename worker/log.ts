/** Structured logs on standard error; Temporal's own go the same way. */
import type { Logger, LogLevel } from '@temporalio/worker';
import { destination, type Logger as Pino, pino } from 'pino';

export const createLog = (level: string): Pino =>
  pino({ level, base: { process: 'worker' } }, destination(2));

const levels: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** Temporal's logger over ours. Causes and stacks stay out: they repeat what failures of Graph or Timely carried. */
export function temporalLogger(log: Pino): Logger {
  const write = (level: LogLevel, message: string, meta: Record<string, unknown> = {}) => {
    const { error, ...rest } = meta;
    const failure = error instanceof Error ? { failure: `${error.name}: ${error.message}` } : {};
    log[levels[level]]({ ...rest, ...failure }, message);
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
