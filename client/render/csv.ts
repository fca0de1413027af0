/** Rows as a CSV file (RFC 4180), as spreadsheets open it. */

/** A cell that begins so is run as a formula by spreadsheets, and names in a directory are typed by anybody. */
const formula = /^[=+\-@\t\r]/;

/** One line for each row, the titles first; every cell in quotes. */
export function csv(titles: string[], rows: (string | number | null)[][]): string {
  return [titles, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  const safe = typeof value === 'string' && formula.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
