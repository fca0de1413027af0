import type { FileDifference } from '../../../domain/contract/control.ts';
import { oneLine } from '../../../domain/shown-text.ts';

/** Longer values are cut: the file itself is at hand. */
const valueLengthMax = 200;
const linesMax = 40;

/** What an edited tenant file changes, one line each: `~ key: before → after`, `+` and `-` for what is new or gone. */
export function fileDifferencesText(title: string, differences: readonly FileDifference[]): string {
  const lines = differences.slice(0, linesMax).map(differenceText);
  const more = differences.length - lines.length;
  return [
    `${title}:`,
    ...lines.map((line) => `  ${line}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ].join('\n');
}

export function differenceText({ path, before, after }: FileDifference): string {
  const [where, from, to] = [oneLine(path), shown(before), shown(after)];
  if (before === null) return `+ ${where}: ${to}`;
  if (after === null) return `- ${where}: ${from}`;
  return `~ ${where}: ${from} → ${to}`;
}

const shown = (value: string | null) => oneLine(value ?? '', valueLengthMax);
