/** Findings of an undo. */

import type { Finding } from '../plan/change.ts';
import { formatCount } from '../text.ts';
import type { UndoInput } from './undo-input.ts';

/** Kind of findings about what an undo cannot revert. */
export const cannotUndo = 'cannot-undo';
/** Kind of findings about what stays although the undo reverts the rest. */
export const undoLeaves = 'undo-leaves';

/** Returns what stays after the undo of the whole cycle: mails, links, lost projects, erased people. */
export function generalFindings({ entries, cycle }: Pick<UndoInput, 'entries' | 'cycle'>): Finding[] {
  const about = (subject: string, message: string): Finding => ({ kind: undoLeaves, subject, message });
  const aboutPeople = (count: number, message: string) =>
    count > 0 ? [about(formatCount(count, 'person', 'people'), message)] : [];
  const countOf = (wanted: string) =>
    entries.filter(({ kind, subject }) => kind === wanted && subject !== null).length;
  const removed = entries.filter(({ kind }) => kind === 'remove').length;
  const erased = entries.filter(({ subject }) => subject === null).length;
  const empty = 'The journal has no entry of this cycle: it changed nothing, or its entries are too old.';
  return [
    ...aboutPeople(
      countOf('invite'),
      'Their invitations were already mailed. They stay in the list of removed users.',
    ),
    ...aboutPeople(
      countOf('link'),
      'Their links to Timely users stay as that cycle left them. Timely does not show them.',
    ),
    ...aboutPeople(
      removed,
      'Timely tells them that they are back. They do not get back the projects that they lost.',
    ),
    ...aboutPeople(erased, 'They were erased from the journal on request.'),
    ...(entries.length === 0 ? [about(`cycle ${cycle}`, empty)] : []),
  ];
}
