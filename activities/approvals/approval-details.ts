/** What an approval shows in Temporal's UI. */
import { membersText } from '../../domain/approvals/effect.ts';
import type { ApprovalSummary, ReportLine } from '../../domain/contract/report.ts';
import { type HoldRule, limitHolds } from '../../domain/plan/change.ts';
import { labelWithinLimits, markdownText } from '../../domain/shown-text.ts';

/** What an approval is about, by its rule: "This asks about …". */
export const approvalSubjects: Record<HoldRule, string> = {
  sensitive: 'a sensitive account',
  'too-many-removals': 'more removals than the tenant file allows',
  'too-many-invitations': 'more invitations than the tenant file allows',
  'too-many-role-changes': 'more role changes than the tenant file allows',
  'adopts-team': 'an existing team that a pattern of the tenant file would take over',
  'lowers-role': 'a role that would be lowered',
  'unresolved-group': 'a group of the tenant file that cannot be resolved',
  'possible-duplicate': 'a person who may be in Timely under another address',
  'team-shrinks': 'a team that would lose many members, or be retired',
  'incomplete-read': 'a removal after a read that proves nothing',
  'first-cycle': 'removals in the first cycle, or members who would leave a team in its first cycle',
  'no-seat': 'people without a seat',
  'identity-mismatch': 'a person who may not be the human behind an address',
  'duplicate-email': 'two people with one address',
  'already-linked': 'a Timely user who is linked to another person',
  'removed-by-hand': 'a person removed in Timely by hand',
  'grants-admin': 'a person who would become a Timely administrator',
  'not-previewed': 'changes that the preview before `resume` did not show',
};

/** Temporal takes details of 20,000 bytes (docs/reference/temporal.md section 1.3); decisions follow. */
const itemsBytesMax = 14_000;
/** Longer texts of one change would push out the others. */
const textLengthMax = 400;
const membersLengthMax = 1_000;

const said = (text: string) => markdownText(text, textLengthMax);

/** Rules whose details name no person. */
export const namelessDetails: readonly HoldRule[] = [
  ...limitHolds,
  'sensitive',
  'grants-admin',
  'adopts-team',
];

/**
 * Title and Markdown of an approval, as `privacy.labels` of the tenant file allows. A list, because the UI shows tables
 * without space between their columns.
 */
export function approvalDetails(
  { id, rule, changes, expires }: ApprovalSummary,
  lines: ReportLine[],
  labels: 'names' | 'ids',
  answers: AnswerPlace = { page: null, onlyThere: false },
): { title: string; details: string } {
  const who = (line: ReportLine, lengthMax = textLengthMax) =>
    labels === 'names'
      ? `${markdownText(line.name, lengthMax)} (${markdownText(line.subject, lengthMax)})`
      : `#${line.position + 1}`;
  const first = lines[0];
  const others = changes > 1 ? ` and ${changes - 1} more` : '';
  const title = labelWithinLimits((length) => {
    const change = first ? `${first.change} ${who(first, length)}` : 'nothing';
    return `Approval ${id}, ${rule}: ${change}${others}`;
  });
  const whyOf = ({ why, hold, effect }: ReportLine) => {
    if (labels === 'names')
      return `${effect ? '. Why' : ''}: ${said(why)}. Held: ${said(hold?.detail ?? rule)}`;
    // Reasons name people too: a rule for one address, or two people who share one.
    return hold && namelessDetails.includes(hold.rule) ? `. Held: ${said(hold.detail)}` : '';
  };
  const items = lines.map(
    (line) => `- **${line.change}** ${who(line)}${effectText(line, labels)}${whyOf(line)}`,
  );
  let bytes = 0;
  const shown = items.filter((item) => {
    bytes += Buffer.byteLength(item);
    return bytes <= itemsBytesMax;
  });
  const more = changes > shown.length ? [`- … and ${changes - shown.length} more`] : [];
  const details = [
    `This asks about ${approvalSubjects[rule]}.`,
    [...shown, ...more].join('\n'),
    instructions({ id, expires }, answers),
  ].join('\n\n');
  return { title, details };
}

/** Where people answer: the console's page, if there is one, and whether nothing else counts. */
interface AnswerPlace {
  page: string | null;
  onlyThere: boolean;
}

function instructions(
  { id, expires }: Pick<ApprovalSummary, 'id' | 'expires'>,
  { page, onlyThere }: AnswerPlace,
): string {
  const ends = `It expires on ${expires}.`;
  // Of our own making, so no text of a person is in it.
  const link = page === null ? 'the console' : `[${page}](${page})`;
  if (onlyThere) return `Decide at ${link}: answers from here and by command do not count. ${ends}`;
  return [
    ...(page === null ? [] : [`Decide at ${link},`]),
    `${page === null ? 'Decide' : 'or'} with **Send an Update** → \`decide\`: \`{"decision": "approve", "by": "you@company.example"}\`,`,
    `or type \`timely-sync approvals approve ${id}\`. ${ends}`,
    '`"only"` and `"except"` take people, teams and kinds of changes such as `changeRole`.',
  ].join('\n');
}

/** Before, after, and what approving does. Without names, a team is not named either. */
function effectText({ change, effect }: ReportLine, labels: 'names' | 'ids'): string {
  if (!effect) return '';
  const { before, after, says, joins, leaves } = effect;
  const isNamed = labels === 'names';
  const step = isNamed || change !== 'renameTeam' ? `: ${said(before)} → ${said(after)}. ` : '. ';
  const members = isNamed ? markdownText(membersText({ joins, leaves }), membersLengthMax) : '';
  return [`${step}${said(says)}`, members].join(' ').trimEnd().replace(/\.$/, '');
}
