/** The journal as a file: JSON as it is, or CSV for spreadsheets. */
import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { JournalLine } from '../../domain/contract/report.ts';
import { usageError } from '../exit-codes.ts';
import { csv } from './csv.ts';

const columns = [
  'sequence',
  'at',
  'cycle',
  'kind',
  'subject',
  'name',
  'reason',
  'before',
  'after',
  'approval',
  'hash',
] as const satisfies readonly (keyof JournalLine)[];

/** By the ending of the file's name. @throws CommandError (2) for another one than `.csv` and `.json` */
export function historyFormat(fileName: string): (lines: JournalLine[]) => string {
  const format = { '.csv': csvOf, '.json': jsonOf }[extname(fileName).toLowerCase()];
  if (format) return format;
  throw usageError(`"${fileName}" ends neither in .csv nor in .json.`);
}

/** Writes what `historyFormat` made, readable by its owner alone, since it names people. */
export async function writeHistory(fileName: string, text: string): Promise<void> {
  await writeFile(fileName, text, { mode: 0o600 });
}

const jsonOf = (lines: JournalLine[]) => `${JSON.stringify({ entries: lines }, null, 2)}\n`;

const csvOf = (lines: JournalLine[]) =>
  csv(
    columns,
    lines.map((line) => columns.map((column) => line[column])),
  );
