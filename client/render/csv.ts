import { stringify } from 'csv-stringify/sync';
import { jsonText, terminalText } from '../../domain/shown-text.ts';

/** Rows as a CSV file (RFC 4180), as spreadsheets open it, every cell in quotes. Objects are written as JSON, null as nothing. */
export const csv = (titles: readonly string[], rows: readonly unknown[][]): string =>
  csvRows([[...titles], ...rows]);

/** The same without a row of titles, to go on with a file. */
export function csvRows(rows: readonly unknown[][]): string {
  return stringify(
    rows.map((row) => row.map(cellOf)),
    {
      quoted: true,
      quoted_empty: true,
      record_delimiter: 'windows',
    },
  );
}

function cellOf(value: unknown): unknown {
  if (typeof value === 'string') return withoutFormula(value.split('\t').map(terminalText).join('\t'));
  return typeof value === 'object' && value !== null ? withoutFormula(jsonText(value, 0)) : value;
}

/**
 * Where a formula begins, with full-width signs too: at the beginning of a cell, and after what another spreadsheet takes for
 * the end of one.
 */
const formulaStart = /(^[^\S\n\t]*|[,;|"'\n\t][^\S\n\t]*)(?=[-=+@＝＋－＠﹦﹢﹣﹫])|^(?=\t)/g;

/** Names in a directory can hold any text: an apostrophe makes a spreadsheet show a formula instead of running it. */
const withoutFormula = (cell: string) => cell.replace(formulaStart, "$1'");
