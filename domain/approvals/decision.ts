/** Who may decide an approval, and which of its changes a decision covers (docs/reference/rules.md section 6). */
import { addressKey } from '../people/address.ts';
import { type ChangeKind, changeKinds } from '../plan/change.ts';
import { markdownText } from '../shown-text.ts';
import { foldText, formatCount, sameText } from '../text.ts';

/** How a decision arrived: the Update `decide`, the Signals `approve` and `reject`, or the command, which names itself. */
export const decisionChannels = ['update', 'signal', 'command'] as const;
export type DecisionChannel = (typeof decisionChannels)[number];

/** Returns one key for all spellings of a person's name or address, so that an extra blank does not make a second decider. */
export const deciderKey = (name: string): string => foldText(name.normalize('NFKC').replace(/\s+/g, ' '));

/** Returns the addresses in a decider's name, for comparisons: `Bo Example <bo@contoso.example>` has one. */
export const addressesIn = (name: string): string[] =>
  (name.normalize('NFKC').match(/[^\s<>()[\],;"']+@[^\s<>()[\],;"']+/g) ?? []).map((address) =>
    addressKey(foldText(address).replace(/^(?:mailto|smtp):/, '')),
  );

/** Whether `approvals.who` lets the person decide; null lets every person decide. */
export function isAllowedToDecide(by: string, who: readonly string[] | null): boolean {
  return who === null || who.some((name) => deciderKey(name) === deciderKey(by));
}

/** The error for a person that `approvals.who` does not list. */
export const notAllowedMessage = (by: string): string =>
  `${by.trim()} may not decide here. "approvals.who" of the tenant file lists who may.`;

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

/** Whether a text of a decision means a change. */
type Meaning = (row: NamedChange) => boolean;

/**
 * Returns the changes that a decision covers, or its problem, as the end of a sentence "…: ". A text means a person, a team,
 * a kind of change such as `changeRole`, or one change: `changeRole:bo@contoso.example`. A display name is enough when only
 * one person of the approval has it.
 */
export function chooseChanges<Row extends NamedChange>(
  rows: readonly Row[],
  { only, except }: ChosenSubjects,
): { chosen: Row[] } | { problem: string } {
  const subjectsOf = subjectsByName(rows);
  const meanings = new Map<string, Meaning>();
  for (const text of [...only, ...except]) {
    const meaning = meaningOf(text, subjectsOf);
    if (typeof meaning === 'string') return { problem: meaning };
    if (!rows.some(meaning)) return { problem: `"${text}" is not in it` };
    meanings.set(text, meaning);
  }
  const isMeant = (texts: readonly string[], row: Row) => texts.some((text) => meanings.get(text)?.(row));
  const chosen = rows.filter((row) => (only.length === 0 || isMeant(only, row)) && !isMeant(except, row));
  return chosen.length > 0 ? { chosen } : { problem: 'these exceptions leave no change to decide' };
}

const kindNamed = (text: string) => changeKinds.find((kind) => sameText(kind, text));

/** Returns what a text means, or its problem. A person or team of that name comes before a kind of change. */
function meaningOf(text: string, subjectsOf: (text: string) => string[]): Meaning | string {
  const [subject, ...others] = subjectsOf(text);
  if (others.length > 0) return `several people in it have the name "${text}"; use the address`;
  if (subject !== undefined) return (row) => foldText(row.subject) === subject;
  const [prefix = '', ...rest] = text.split(':');
  const kind = kindNamed(prefix);
  if (kind === undefined) return `"${text}" is not in it`;
  if (rest.length === 0) return ({ change }) => change === kind;
  const meaning = meaningOf(rest.join(':'), subjectsOf);
  return typeof meaning === 'string' ? meaning : (row) => row.change === kind && meaning(row);
}

function subjectsByName(rows: readonly NamedChange[]): (text: string) => string[] {
  const subjects = new Set(rows.map(({ subject }) => foldText(subject)));
  const byName = new Map<string, Set<string>>();
  for (const { subject, name } of rows) {
    const known = byName.get(foldText(name));
    if (known) known.add(foldText(subject));
    else byName.set(foldText(name), new Set([foldText(subject)]));
  }
  return (text) => {
    const key = foldText(text);
    return subjects.has(key) ? [key] : [...(byName.get(key) ?? [])];
  };
}

const lineLengthMax = 200;

/** Returns what a person typed as Markdown, at most 200 characters of it. */
export const typedText = (text: string): string => markdownText(text, lineLengthMax);

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
