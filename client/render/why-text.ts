/** The result of `why` as text for people. */
import type { PastChange, SubjectCandidate, WhyPerson, WhyTeam } from '../../domain/contract/why.ts';
import { table } from './output.ts';
import { changeTableRow } from './words/change-words.ts';
import { moment } from './words/moments.ts';
import { pastReason, whyFacts, whyTitle } from './words/why-words.ts';

export function whyText(answer: WhyPerson | WhyTeam, columns: number): string {
  const shown = whyFacts(answer).map(([label, text]) => `  ${label.padEnd(11)}${text}`);
  const waiting = answer.waiting.map((line) => {
    const [what, , why] = changeTableRow(line);
    return [what, `${why}${line.request ? ` Approval ${line.request}.` : ''}`];
  });
  return [
    whyTitle(answer),
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
    ...(answer.tag === null ? [] : ["With --web Temporal's UI lists what ran about this one."]),
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

const pastRow = (past: PastChange): string[] => [
  String(past.cycle),
  moment(past.at),
  past.change,
  pastReason(past),
];
