/** The journal as a file: JSON as it is, or CSV for spreadsheets. */
import { extname } from 'node:path';
import type { JournalLine } from '../../domain/contract/journal-line.ts';
import { jsonText } from '../../domain/shown-text.ts';
import { usageError } from '../exit-codes.ts';
import { csv } from './csv.ts';
import { fieldsOf } from './list-output.ts';

export const historyColumns = fieldsOf<JournalLine, keyof JournalLine>([
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
  'approvedBy',
  'by',
  'channel',
  'hash',
]);

/** By the ending of the file's name. @throws CommandError (2) for another one than `.csv` and `.json` */
export function historyFormat(fileName: string): (lines: JournalLine[]) => string {
  const format = { '.csv': csvOf, '.json': jsonOf }[extname(fileName).toLowerCase()];
  if (format) return format;
  throw usageError(`"${fileName}" ends neither in .csv nor in .json.`);
}

const jsonOf = (lines: JournalLine[]) => `${jsonText({ entries: lines })}\n`;

const csvOf = (lines: JournalLine[]) => csv(historyColumns.titles, historyColumns.rows(lines));
