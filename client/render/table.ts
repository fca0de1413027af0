/** Tables of texts, in three forms by the room that there is: with a frame, in columns, or a row below a row. */
import Table from 'cli-table3';
import stringWidth from 'string-width';
import { oneLine } from '../../domain/shown-text.ts';
import { wrapped } from './wrapped-text.ts';

/** Longer cells are cut. The last column wraps instead. */
const cellLengthMax = 200;
const lastCellLengthMax = 1_000;
/** Of a longer cell its end is kept: an address stands there. */
const cellEndLength = 100;

const frame = { perColumn: 3, once: 1, lastWidthMin: 40 };
const gap = { width: 2, lastWidthMin: 30 };
/** Cells of a row below a row that need no title. */
const plainCells = 3;
const indent = '    ';

/**
 * A table as text, no line of which is wider than `columns`. The last column wraps at words. With little room, or for a long
 * word, the frame goes first; then each row becomes a line with the last cell below it. Only a word that does not fit there
 * either is broken, because an id, an address or a path is there to be copied.
 */
export function table(head: string[], cells: string[][], columns: number): string {
  const rows = cells.map((row) => row.map((cell, column) => cleanCell(cell, column === head.length - 1)));
  const widths = head.map((title, column) =>
    Math.max(stringWidth(title), ...rows.map((row) => stringWidth(row[column] ?? ''))),
  );
  const others = widths.slice(0, -1);
  const last = widths.at(-1) ?? 0;
  const word = longestWord(rows, columns - indent.length);
  const room = (perColumn: number, once: number) =>
    columns - others.reduce((sum, width) => sum + width + perColumn, perColumn + once);
  const inFrame = room(frame.perColumn, frame.once);
  if (inFrame >= Math.min(last, Math.max(frame.lastWidthMin, word)))
    return framed(head, rows, [...others, Math.min(last, inFrame)]);
  const inColumns = room(gap.width, -gap.width);
  return inColumns >= Math.min(last, Math.max(gap.lastWidthMin, word))
    ? inAlignedColumns([head, ...rows], [...others, Math.min(last, inColumns)])
    : rows.map((row) => rowBelowRow(head, row, columns)).join('\n');
}

/** Width of the longest word of the last column, among those that fit into `widthMax`. */
const longestWord = (rows: string[][], widthMax: number): number =>
  rows
    .flatMap((row) => (row.at(-1) ?? '').split(' '))
    .map((word) => stringWidth(word))
    .reduce((longest, width) => (width > longest && width <= widthMax ? width : longest), 0);

function framed(head: string[], rows: string[][], widths: number[]): string {
  // No colours here: the painter adds them on terminals (client/render/paint.ts).
  const style = { head: [], border: [], compact: true };
  const result = new Table({ head, colWidths: widths.map((width) => width + 2), style });
  result.push(...rows.map((row) => row.map((cell, column) => wrapped(cell, widths[column] ?? 1).join('\n'))));
  return result.toString();
}

function inAlignedColumns(rows: string[][], widths: number[]): string {
  return rows
    .flatMap((row) => {
      const parts = row.map((cell, column) => wrapped(cell, widths[column] ?? 1));
      const height = Math.max(...parts.map(({ length }) => length));
      return Array.from({ length: height }, (_, line) =>
        parts
          .map((part, column) => padded(part[line] ?? '', widths[column] ?? 0))
          .join(' '.repeat(gap.width))
          .trimEnd(),
      );
    })
    .join('\n');
}

function rowBelowRow(head: string[], row: string[], columns: number): string {
  const first = row
    .slice(0, -1)
    .map((cell, column) => (column < plainCells ? cell : `${head[column]} ${cell}`))
    .filter((cell) => cell !== '')
    .join('  ');
  const width = Math.max(columns - indent.length, 1);
  const [start = '', ...rest] = wrapped(first, columns);
  const below = [...rest.flatMap((line) => wrapped(line, width)), ...wrapped(row.at(-1) ?? '', width)];
  return [start, ...below.filter((line) => line !== '').map((line) => `${indent}${line}`)].join('\n');
}

/** For the command that was typed, and the prompt after it. */
const promptRows = 2;

/**
 * The text of `most` items, or of fewer, at least one, so that it fits a terminal of `rows` lines. Null `rows`: the output is no
 * terminal, and nothing scrolls away.
 */
export function asManyAsFit(most: number, rows: number | null, textOf: (count: number) => string): string {
  const room = rows === null ? Number.POSITIVE_INFINITY : rows - promptRows;
  for (let count = Math.min(most, Math.max(room, 1)); ; count -= 1) {
    const text = textOf(count);
    if (count <= 1 || text.split('\n').length <= room) return text;
  }
}

const padded = (text: string, width: number) => text + ' '.repeat(Math.max(width - stringWidth(text), 0));

function cleanCell(cell: string, isLast: boolean): string {
  if (isLast) return oneLine(cell, lastCellLengthMax);
  const line = oneLine(cell);
  if (line.length <= cellLengthMax) return line;
  return `${oneLine(line, cellLengthMax - cellEndLength)}${oneLine(line.slice(-cellEndLength))}`;
}
