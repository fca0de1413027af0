/** The form of a request: which changes are chosen over all its pages, the note, and the step that was asked for. */
import type { RequestLine } from '../../../domain/contract/request-page.ts';
import { oneLine, terminalText } from '../../../domain/shown-text.ts';
import { cleanText } from '../../../domain/text.ts';
import { searchLengthMax } from '../elements/lists.tsx';
import { grouped } from '../elements/text.tsx';

/** Everything but some changes, or only some. */
export interface ChangeChoice {
  kind: 'except' | 'only';
  /** Keys of changes. */
  keys: readonly string[];
}

export type AnswerStep = { to: 'look' } | { to: 'review' | 'send'; decision: 'approve' | 'reject' };

export interface AnswerForm {
  choice: ChangeChoice;
  note: string;
  search: string;
  /** How many changes that match the search stand before the page. */
  from: number;
  step: AnswerStep;
}

/** As the Update `decide` takes them (workflows/approval/validate-decision.ts). */
export const keysMax = 1_000;
export const noteMax = 2_000;

/** What means exactly this change to the Update `decide` (domain/approvals/decision.ts). */
export const changeKey = ({ change, subject }: Pick<RequestLine, 'change' | 'subject'>): string =>
  `${change}:${subject}`;

/** The key as a form has it: a name of a directory may hold characters that no page should. */
export const formValueOf = (key: string): string => encodeURIComponent(key.toWellFormed());

function keysIn(form: URLSearchParams, field: string): string[] {
  return form.getAll(field).flatMap((value) => {
    try {
      return [decodeURIComponent(value)];
    } catch {
      // No page of ours sends it. Left out of an exception it would be decided: as it is, it means no change, and is refused.
      return [value];
    }
  });
}

/** Whether the box of a change is ticked. */
export const isChosen = ({ kind, keys }: ChangeChoice, key: string): boolean =>
  keys.includes(key) === (kind === 'only');

/**
 * Reads the form, or the address of the page. A box that is not ticked is not sent, so each page sends which boxes it had
 * (`shown`), and what was chosen on other pages (`other`).
 */
export function readAnswerForm(form: URLSearchParams): AnswerForm {
  const shown = keysIn(form, 'shown');
  const ticked = new Set(keysIn(form, 'row'));
  const go = form.get('go') ?? '';
  const step = stepOf(go, form.get('decision'));
  const kind = kindIn(form.get('kind'), step);
  const here = shown.filter((key) => ticked.has(key) === (kind === 'only'));
  const search = oneLine((form.get('search') ?? '').slice(0, searchLengthMax));
  const choice: ChangeChoice = { kind, keys: [...new Set([...keysIn(form, 'other'), ...here])] };
  return {
    choice: choiceAfter(go, choice),
    note: noteIn(form.get('note') ?? ''),
    search: go === 'everything' ? '' : search,
    from: fromAfter(go, form.get('from')),
    step,
  };
}

/** A page that is opened has all changes chosen. An answer says what it is about: one that does not is about nothing. */
const kindIn = (given: string | null, { to }: AnswerStep): ChangeChoice['kind'] =>
  given === 'except' || (given === null && to === 'look') ? 'except' : 'only';

/** Browsers send line breaks as two characters each. No half of a character is left at the end. */
const noteIn = (text: string) =>
  terminalText(cleanText(text).replaceAll('\r\n', '\n'))
    .trim()
    .slice(0, noteMax)
    .replace(/[\ud800-\udbff]$/, '');

function choiceAfter(go: string, choice: ChangeChoice): ChangeChoice {
  if (go === 'all') return { kind: 'except', keys: [] };
  return go === 'none' ? { kind: 'only', keys: [] } : choice;
}

function fromAfter(go: string, before: string | null): number {
  if (go === 'search' || go === 'everything') return 0;
  const number = Number(go.startsWith('from:') ? go.slice('from:'.length) : before);
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}

function stepOf(go: string, decision: string | null): AnswerStep {
  if (go === 'approve' || go === 'reject') return { to: 'review', decision: go };
  if (go === 'send' && (decision === 'approve' || decision === 'reject')) return { to: 'send', decision };
  return { to: 'look' };
}

/** Why the choice cannot be sent, in a sentence; null when it can. An empty `only` would mean everything. */
export function problemWithChoice({ kind, keys }: ChangeChoice): string | null {
  if (kind === 'only' && keys.length === 0) return 'No change is chosen: tick at least one.';
  if (keys.length <= keysMax) return null;
  const some = kind === 'only' ? 'Chosen changes' : 'Changes that are left out';
  return `${some} are sent one by one, at most ${grouped(keysMax)} in an answer. Answer in several parts.`;
}

/** The choice as the Update `decide` takes it. */
export const partOf = ({ kind, keys }: ChangeChoice): { only: string[]; except: string[] } => ({
  only: kind === 'only' ? [...keys] : [],
  except: kind === 'except' ? [...keys] : [],
});
