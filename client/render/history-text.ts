/** The journal as text for people. */
import type { JournalLine } from '../../domain/contract/journal-line.ts';
import { table } from './output.ts';
import { entryText, isEvent } from './words/event-words.ts';
import { moment } from './words/moments.ts';

/** More than a person reads on a terminal; `--json` and `--out` have all. */
export const entriesShown = 200;

/** The entries, newest first. */
export function historyText(entries: JournalLine[], columns: number): string {
  if (entries.length === 0) return 'The journal has no such entry.';
  const rows = entries.slice(0, entriesShown).map((line) => {
    const cycle = line.cycle > 0 && !isEvent(line) ? `cycle ${line.cycle}: ` : '';
    return [moment(line.at), line.kind, whoOf(line), `${cycle}${entryText(line)}`];
  });
  const more = entries.length > entriesShown ? ['… and more: --out FILE has all of them.'] : [];
  return [table(['when', 'what', 'who', 'why'], rows, columns), ...more].join('\n');
}

function whoOf({ subject, name }: JournalLine): string {
  if (subject === null) return '(erased)';
  return name === null || name === '' || name === subject ? subject : `${name} <${subject}>`;
}
