/** Who may decide an approval, and which of its changes a decision covers (docs/reference/rules.md section 6). */
import { type ChangeKind, changeKinds } from '../plan/change.ts';
import { markdownText } from '../shown-text.ts';
import { foldText, formatCount, sameText } from '../text.ts';

/**
 * How a decision arrived: the Update `decide`, the Signals `approve` and `reject`, the command, which names itself, or the
 * console, which proves it.
 */
export const decisionChannels = ['update', 'signal', 'command', 'page'] as const;
export type DecisionChannel = (typeof decisionChannels)[number];

/** Returns one key for all spellings of a person's name or address, so that an extra blank does not make a second decider. */
export const deciderKey = (name: string): string => foldText(name.normalize('NFKC').replace(/\s+/g, ' '));

/** Whether addresses of `approvals.who` let the person decide; null lets every person decide. */
export function isAllowedToDecide(by: string, who: readonly string[] | null): boolean {
  return who === null || who.some((name) => deciderKey(name) === deciderKey(by));
}

/** The error for a person that `approvals.who` does not list. */
export const notAllowedMessage = (by: string): string =>
  `${by.trim()} may not decide here. "approvals.who" of the tenant file lists who may; in a terminal, --by NAME says who decides.`;

/** What `approvals.proof: required` means for a request; `page`: its address, null where no console runs. */
export interface RequiredProof {
  page: string | null;
}

/** The error for an answer that had to come from the console. */
export const proofNeededMessage = ({ page }: RequiredProof): string => `${proofNeeded} ${pageOf(page)}`;

/** The error for an answer whose proof does not hold. */
export const proofRefusedMessage = ({ page }: RequiredProof): string =>
  `The proof of this answer does not hold: it is of another answer, or older than ten minutes. ${pageOf(page)}`;

const proofNeeded =
  'Only answers of people who have signed in count here (approvals.proof: required of the tenant file).';
const pageOf = (page: string | null) =>
  page === null
    ? 'Ask who runs the sync to open the console (TIMELY_SYNC_CONSOLE_URL of the workers).'
    : `Answer at ${page}`;

/** The names by which a decision can refer to a change of an approval. */
export interface NamedChange {
  change: ChangeKind;
  /** E-mail address or team name. */
  subject: string;
  /** Display name. */
  name: string;
}

/** Which changes a decision covers: all, `only` some, or all `except` some. */
export interface ChosenSubjects {
  only: readonly string[];
  except: readonly string[];
}

/** What a text of a decision means: a person or team, a kind of change, or, with both, one change. Null where it says none. */
interface Meaning {
  kind: ChangeKind | null;
  subject: string | null;
}

/** A change with its names as they are compared. */
interface Choosable<Row> {
  row: Row;
  subject: string;
  name: string;
}

const choosable = <Row extends NamedChange>(row: Row): Choosable<Row> => ({
  row,
  subject: foldText(row.subject),
  name: foldText(row.name),
});

/**
 * Returns the changes that a decision covers, or its problem, as the end of a sentence "…: ". A text means a person, a team,
 * a kind of change such as `changeRole`, or one change: `changeRole:bo@contoso.example`. A display name is enough when only
 * one person of the approval has it. Sets of keys, because an approval may have a hundred thousand changes.
 */
export function chooseChanges<Row extends NamedChange>(
  rows: readonly Row[],
  { only, except }: ChosenSubjects,
): { chosen: readonly Row[] } | { problem: string } {
  if (only.length === 0 && except.length === 0) return { chosen: rows };
  const known = rows.map(choosable);
  const subjectsOf = subjectsNamed(known, [...only, ...except]);
  const meant = { only: new Meanings(), except: new Meanings() };
  for (const [list, texts] of [
    ['only', only],
    ['except', except],
  ] as const) {
    for (const text of texts) {
      const meaning = meaningOf(text, subjectsOf);
      if ('problem' in meaning) return meaning;
      meant[list].add(meaning, text);
    }
  }
  const inExcept = new Set(known.filter((each) => meant.except.has(each)));
  const inOnly = only.length === 0 ? known : known.filter((each) => meant.only.has(each));
  const [missing] = [...meant.only.unmet(), ...meant.except.unmet()];
  if (missing !== undefined) return { problem: `"${missing}" is not in it` };
  const chosen = inOnly.filter((each) => !inExcept.has(each)).map(({ row }) => row);
  return chosen.length > 0 ? { chosen } : { problem: 'these exceptions leave no change to decide' };
}

/** What texts mean together. */
class Meanings {
  /** The text of each meaning, until a change fits. */
  private readonly texts = new Map<string, string>();
  private readonly keys = new Set<string>();
  private readonly parts = new Set<keyof Meaning | 'both'>();

  add({ kind, subject }: Meaning, text: string): void {
    const key = keyOf(kind, subject);
    this.keys.add(key);
    this.parts.add(kind === null ? 'subject' : subject === null ? 'kind' : 'both');
    if (!this.texts.has(key)) this.texts.set(key, text);
  }

  /** Whether a change fits one of them. */
  has({ row, subject }: Choosable<NamedChange>): boolean {
    const keys = [
      ...(this.parts.has('subject') ? [keyOf(null, subject)] : []),
      ...(this.parts.has('kind') ? [keyOf(row.change, null)] : []),
      ...(this.parts.has('both') ? [keyOf(row.change, subject)] : []),
    ].filter((key) => this.keys.has(key));
    for (const key of keys) this.texts.delete(key);
    return keys.length > 0;
  }

  /** The texts that no change has fitted so far. */
  unmet(): string[] {
    return [...this.texts.values()];
  }
}

/** No kind of change is called `subject` or `kind`, and a subject may be empty. */
function keyOf(kind: ChangeKind | null, subject: string | null): string {
  if (kind === null) return `subject ${subject}`;
  return subject === null ? `kind ${kind}` : `${kind} ${subject}`;
}

const kindNamed = (text: string) => changeKinds.find((kind) => sameText(kind, text));

/**
 * Returns what a text means, or its problem. A person or team of that name comes before a kind of change, and nobody may call
 * a team `remove:bo@contoso.example`, so that an exception for Bo would mean the team.
 */
function meaningOf(text: string, subjectsOf: (text: string) => string[]): Meaning | { problem: string } {
  const whole = subjectNamed(text, subjectsOf);
  const [prefix = '', ...rest] = text.split(':');
  const kind = kindNamed(prefix);
  const name = rest.join(':');
  const subject = kind === undefined || rest.length === 0 ? null : subjectNamed(name, subjectsOf);
  if (whole !== null && subject !== null)
    return { problem: `"${text}" means a team or person of that name, and a change of "${name}"` };
  if (whole !== null) return typeof whole === 'string' ? { kind: null, subject: whole } : whole;
  if (kind === undefined) return { problem: `"${text}" is not in it` };
  if (rest.length === 0) return { kind, subject: null };
  if (subject === null) return { problem: `"${name}" is not in it` };
  return typeof subject === 'string' ? { kind, subject } : subject;
}

/** The only subject of that name; null when there is none. */
function subjectNamed(text: string, subjectsOf: (text: string) => string[]) {
  const [subject = null, ...others] = subjectsOf(text);
  if (others.length === 0) return subject;
  return { problem: `several people in it have the name "${text}"; use the address` };
}

/** The subjects that a text can name, for these texts and what stands behind a colon in them. */
function subjectsNamed(
  rows: readonly Choosable<NamedChange>[],
  texts: readonly string[],
): (text: string) => string[] {
  const asked = new Set(texts.flatMap((text) => [text, text.slice(text.indexOf(':') + 1)]).map(foldText));
  const subjects = new Set<string>();
  const byName = new Map<string, Set<string>>();
  for (const { subject, name } of rows) {
    if (asked.has(subject)) subjects.add(subject);
    if (asked.has(name)) byName.set(name, (byName.get(name) ?? new Set()).add(subject));
  }
  return (text) => {
    const key = foldText(text);
    return subjects.has(key) ? [key] : [...(byName.get(key) ?? [])];
  };
}

const lineLengthMax = 200;

/** Returns what a person typed as Markdown, at most 200 characters of it. */
export const typedText = (text: string): string =>
  markdownText(text.slice(0, 10 * lineLengthMax), lineLengthMax);

/** Returns `2026-11-23 12:00` for a moment in ISO 8601, UTC. */
export const formatMinute = (at: string): string => at.slice(0, 16).replace('T', ' ');

/** Returns one decision as a line of Markdown for Temporal's UI. */
export function formatDecision(decision: {
  decision: 'approve' | 'reject';
  by: string;
  note: string;
  channel: DecisionChannel;
  changes: number;
  at: string;
}): string {
  const note = decision.note === '' ? '' : `: ${typedText(decision.note)}`;
  const what = `${decision.decision} ${formatCount(decision.changes, 'change', 'changes')}`;
  return `- ${formatMinute(decision.at)} **${typedText(decision.by)}** by ${decision.channel}, ${what}${note}`;
}
