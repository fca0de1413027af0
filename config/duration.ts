import { ConfigurationError } from '../domain/errors.ts';
import { dayMs } from '../domain/time.ts';

const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: dayMs };

/** A duration in the tenant file: `30s`, `5m`, `24h`, `7d`. Six digits keep it below the limit of a timer. */
export const durationPattern = /^([1-9]\d{0,5})([smhd])$/;

/**
 * A duration of the tenant file in milliseconds.
 * @throws ConfigurationError for any other text
 */
export function durationMs(text: string): number {
  const [, amount, unit] = durationPattern.exec(text) ?? [];
  const factor = unitMs[unit ?? ''];
  if (amount === undefined || factor === undefined) {
    throw new ConfigurationError('A duration is a whole number with a unit, such as 30s, 5m, 24h or 7d.');
  }
  return Number(amount) * factor;
}
