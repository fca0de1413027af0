/** Who decides, and about which changes of a request (docs/reference/rules.md section 6). */
import { foldText, formatCount } from '../text.ts';

/** How an answer came: the Update `decide`, the Signals `approve` and `reject`, or the command, which says so itself. */
export const decisionChannels = ['update', 'signal', 'command'] as const;
export type DecisionChannel = (typeof decisionChannels)[number];

/** One form for all spellings of a person's name or address: whoever types a blank more is nobody else. */
export const deciderKey = (name: string): string => foldText(name.normalize('NFKC').replace(/\s+/g, ' '));

/** Whether `approvals.who` lets somebody decide; null lets everybody. */
export function isAllowedToDecide(by: string, who: readonly string[] | null): boolean {
  return who === null || who.some((name) => deciderKey(name) === deciderKey(by));
}

/** What somebody is told whom `approvals.who` does not let decide. */
export const notAllowedMessage = (by: string): string =>
  `${by.trim()} may not decide here; "approvals.who" of the tenant file lists who may.`;

/** A change of a request, as far as it can be named in an answer. */
export interface NamedChange {
  /** E-mail address or team name. */
  subject: string;
  /** Display name. */
  name: string;
}

/** Which changes an answer means: all, `only` some, or all `except` some. */
export interface ChosenSubjects {
  only: readonly string[];
  except: readonly string[];
}

/**
 * The changes that an answer means, or what is wrong with it, in words that go on "…: ". A display name will do where
 * only one person of the request has it.
 */
export function chooseChanges<Row extends NamedChange>(
  rows: readonly Row[],
  { only, except }: ChosenSubjects,
): { chosen: Row[] } | { problem: string } {
  const subjectsOf = subjectsByName(rows);
  const named = (texts: readonly string[]) => new Set(texts.flatMap((text) => subjectsOf(text)));
  for (const text of [...only, ...except]) {
    const subjects = subjectsOf(text);
    if (subjects.length === 0) return { problem: `"${text}" is not in it` };
    if (subjects.length > 1)
      return { problem: `"${text}" is the name of several in it; say whom by address` };
  }
  const [wanted, left] = [named(only), named(except)];
  const chosen = rows.filter(({ subject }) => {
    const key = foldText(subject);
    return (only.length === 0 || wanted.has(key)) && !left.has(key);
  });
  return chosen.length > 0 ? { chosen } : { problem: 'with these left out, nothing is left to decide' };
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

const wordsMax = 200;

/** What somebody typed, as one line without Markdown of its own. */
export const toPlainLine = (text: string): string =>
  text
    .replace(/[\s*_`[\]<>]+/g, ' ')
    .trim()
    .slice(0, wordsMax);

/** `2026-11-23 12:00` of a moment in ISO 8601, UTC. */
export const formatMinute = (at: string): string => at.slice(0, 16).replace('T', ' ');

/** One answer as Temporal's UI shows it. */
export function formatDecision(answer: {
  decision: 'approve' | 'reject';
  by: string;
  note: string;
  channel: DecisionChannel;
  changes: number;
  at: string;
}): string {
  const note = answer.note === '' ? '' : `: ${toPlainLine(answer.note)}`;
  const what = `${answer.decision} ${formatCount(answer.changes, 'change', 'changes')}`;
  return `- ${formatMinute(answer.at)} **${toPlainLine(answer.by)}** by ${answer.channel}, ${what}${note}`;
}
