/** Asks a worker whether a tenant file would work, and shows what it found. */
import type { Client } from '@temporalio/client';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { CheckLine, CheckReport, CheckState } from '../../domain/contract/check.ts';
import type { CheckQuery } from '../../domain/contract/query.ts';
import { formatCount } from '../../domain/text.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { table } from '../render/output.ts';
import { queryWorker } from './query.ts';

/** Both sides are asked a dozen things each; a side that is down takes its time. */
const checkWithinMs = 65_000;

/** Checks a tenant file that need not be in force. `part` and `look` as `CheckQuery` has them. */
export async function checkFile(
  client: Client,
  file: TenantFile,
  which: Pick<CheckQuery, 'part' | 'look'> = {},
): Promise<CheckReport> {
  // A short query first: it finds out sooner than the check that no worker runs.
  await queryWorker(client, { about: 'cycles', tenant: file.tenant, limit: 1 });
  const { lines, ...report } = await queryWorker(client, { about: 'check', file, ...which }, checkWithinMs);
  // Timely's client does not know whose account it asks.
  const named = lines.map((line) => ({ ...line, remedy: line.remedy.replaceAll('<tenant>', file.tenant) }));
  return { ...report, lines: named };
}

/** Errors fail the check; warnings alone do not. */
export function exitCodeOf({ lines }: CheckReport): ExitCode {
  return countOf(lines, 'error') > 0 ? exitCodes.failed : exitCodes.done;
}

export function checkText({ tenant, lines }: CheckReport, columns: number): string {
  const rows = lines.map(({ side, name, state, message, remedy }) => [
    state,
    side,
    name,
    [message, remedy].join(' ').trim(),
  ]);
  const errors = formatCount(countOf(lines, 'error'), 'error', 'errors');
  const warnings = formatCount(countOf(lines, 'warning'), 'warning', 'warnings');
  return [
    ...(rows.length > 0 ? [table(['', 'side', 'check', 'found'], rows, columns)] : []),
    `${tenant}: ${errors}, ${warnings}.`,
  ].join('\n');
}

const countOf = (lines: CheckLine[], wanted: CheckState) =>
  lines.filter(({ state }) => state === wanted).length;
