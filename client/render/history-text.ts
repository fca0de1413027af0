/** The journal as text for people. */
import type { JournalLine } from '../../domain/contract/journal-line.ts';
import { type Session, table } from './output.ts';
import { asManyAsFit } from './table.ts';
import { entryText, isEvent } from './words/event-words.ts';
import { moment } from './words/moments.ts';

/** More than a person reads; `--json` and `--out` have all. */
export const entriesShown = 200;

/** The newest entries, newest first: on a terminal as many as fit it. */
export function historyText(
  entries: JournalLine[],
  { columns, rows }: Pick<Session, 'columns' | 'rows'>,
): string {
  if (entries.length === 0) return 'The journal has no such entry.';
  const cells = entries.slice(0, entriesShown).map((line) => {
    const cycle = line.cycle > 0 && !isEvent(line) ? `cycle ${line.cycle}: ` : '';
    return [moment(line.at), line.kind, whoOf(line), `${cycle}${entryText(line)}`];
  });
  return asManyAsFit(cells.length, rows, (count) => {
    const more = entries.length > count ? [olderOnes] : [];
    return [table(['when', 'what', 'who', 'why'], cells.slice(0, count), columns), ...more].join('\n');
  });
}

const olderOnes = '… and older ones: add --since, --kind or --person, or --out FILE for all.';

function whoOf({ subject, name }: JournalLine): string {
  if (subject === null) return '(erased)';
  return name === null || name === '' || name === subject ? subject : `${name} <${subject}>`;
}
