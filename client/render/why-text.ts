/** The result of `why` as text for people. */
import type { PastChange, SubjectCandidate, WhyPerson, WhyTeam } from '../../domain/contract/why.ts';
import { moment, table } from './output.ts';
import { changeTableRow, spokenReason } from './report-table.ts';

type Fact = [label: string, text: string];

export function whyText(answer: WhyPerson | WhyTeam, columns: number): string {
  const facts = answer.kind === 'person' ? personFacts(answer) : teamFacts(answer);
  const shown = facts
    .filter(([, text]) => text !== '')
    .map(([label, text]) => `  ${label.padEnd(11)}${text}`);
  const waiting = answer.waiting.map((line) => {
    const [what, , why] = changeTableRow(line);
    return [what, `${why}${line.request ? ` Approval ${line.request}.` : ''}`];
  });
  return [
    title(answer),
    ...shown,
    ...(waiting.length > 0 ? [table(['what waits', 'why'], waiting, columns)] : []),
    ...(answer.findings.length > 0
      ? [
          table(
            ['finding', 'says'],
            answer.findings.map(({ kind, message }) => [kind, message]),
            columns,
          ),
        ]
      : []),
    ...(answer.changes.length > 0
      ? [table(['cycle', 'at', 'what was done', 'why'], answer.changes.map(pastRow), columns)]
      : []),
    `Next: ${answer.next}`,
  ].join('\n');
}

/** `person Ada Example <ada@contoso.example> 8f0c…`. */
export const candidateLine = ({ kind, id, name, email }: SubjectCandidate): string =>
  [`${kind} ${name}`, ...(email ? [`<${email}>`] : []), id].join(' ');

/** What to ask for instead, one line each. */
export function candidatesText(text: string, candidates: SubjectCandidate[]): string {
  const lines = candidates.map((candidate) => `  ${candidateLine(candidate)}`);
  return [`"${text}" may mean any of these: ask for the id at the end of a line.`, ...lines].join('\n');
}

function title(answer: WhyPerson | WhyTeam): string {
  if (answer.kind === 'team') return `Team ${answer.name}`;
  const { person, timely, link } = answer;
  const email = person?.email ?? timely?.email ?? link?.email ?? '';
  const name = person?.name ?? timely?.name ?? email;
  return email === '' ? name : `${name} <${email}>`;
}

function personFacts({ person, verdict, link, timely, teams, asOf }: WhyPerson): Fact[] {
  const state = person
    ? [person.enabled ? '' : 'disabled', person.userPrincipalName, person.id].filter(Boolean).join(', ')
    : '';
  return [
    ['directory', person ? state : 'has no such person'],
    ['rule', verdict ? `${verdict.inScope ? 'in scope' : 'not in scope'}: ${verdict.reason}` : ''],
    [
      'Timely',
      timely
        ? `${timely.removed ? 'removed' : timely.role}, user ${timely.id}${timely.pending ? ', invited and not signed in yet' : ''}`
        : 'not there',
    ],
    ['link', link ? linkText(link) : 'none'],
    ['teams', teams.join(', ')],
    ['as of', asOf ? `cycle ${asOf.cycle}, ${moment(asOf.at)}` : 'no cycle has been yet'],
  ];
}

function linkText({ state, timelyId, role, outOfScopeSince }: NonNullable<WhyPerson['link']>): string {
  const given = role === null ? '' : `; the sync gave them the role ${role}`;
  const last = state === 'removed' ? '; the sync removed them' : given;
  const since = outOfScopeSince ? `; out of scope since ${moment(outOfScopeSince)}` : '';
  return `to the Timely user ${timelyId}${last}${since}`;
}

function teamFacts(answer: WhyTeam): Fact[] {
  const { source, rule, timelyId, origin, members, memberCount, asOf } = answer;
  const named = members.map(
    ({ email, lead, managed }) => `${email}${lead ? ' (lead)' : ''}${managed ? '' : ' (by hand)'}`,
  );
  return [
    ['rule', rule ?? (source ? 'no line of teams asks for it any more' : 'none: it was made by hand')],
    ['source', source ?? ''],
    ['Timely', timelyId === null ? 'not there' : `team ${timelyId}${origin ? `, ${origin}` : ''}`],
    ['members', `${memberCount}${named.length > 0 ? `: ${named.join(', ')}` : ''}`],
    ['as of', asOf ? `cycle ${asOf.cycle}, ${moment(asOf.at)}` : 'no cycle has been yet'],
  ];
}

const pastRow = ({ cycle, at, change, reason, approval }: PastChange): string[] => [
  String(cycle),
  moment(at),
  change,
  approval ? `${spokenReason(reason)} (approved: ${approval})` : spokenReason(reason),
];
