import { stringify } from 'csv-stringify/sync';

/**
 * Rows as a CSV file (RFC 4180), as spreadsheets open it, every cell in quotes. A cell that a spreadsheet would run as a formula
 * gets an apostrophe: names in a directory are typed by anybody. Objects are written as JSON, null as nothing.
 */
export function csv(titles: readonly string[], rows: readonly unknown[][]): string {
  return stringify([titles, ...rows], {
    quoted: true,
    quoted_empty: true,
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}
