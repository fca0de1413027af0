import stringWidth from 'string-width';
import { fitted } from '../../../client/render/wrapped-text.ts';

/**
 * Lines that a terminal of this width would break itself: rows of a table, and prose that is not broken at its blanks. A longer single
 * word is an address, a path or an id to copy, and stays whole.
 */
export function tooWide(written: string, columns: number): string[] {
  const isTooWide = (line: string) => stringWidth(line) > columns;
  const rows = written.split('\n').filter((line) => line.includes('│') && isTooWide(line));
  const prose = fitted(written, columns)
    .split('\n')
    .filter((line) => isTooWide(line) && line.trim().includes(' '));
  return [...rows, ...prose];
}
