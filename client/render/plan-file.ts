/** A plan as a file for other programs: CSV or JSON, by the end of its name. */
import type { PlanLine, StateBrief } from '../../domain/contract/preview.ts';
import { jsonText } from '../../domain/shown-text.ts';
import { formatCount } from '../../domain/text.ts';
import { usageError } from '../exit-codes.ts';
import type { PreviewDocument } from '../remote/preview.ts';
import { csv } from './csv.ts';

const titles = [
  'difference',
  'change',
  'status',
  'subject',
  'name',
  'id',
  'reason',
  'before',
  'after',
  'joins',
  'leaves',
  'rule',
  'detail',
  'fingerprint',
];

/** How the file is written. @throws CommandError (2) when its name ends neither in .csv nor in .json */
export function planFormat(fileName: string): (document: PreviewDocument) => string {
  if (fileName.endsWith('.json')) return (document) => `${jsonText(document)}\n`;
  if (fileName.endsWith('.csv')) return ({ changes }) => csv(titles, changes.map(cellsOf));
  throw usageError(
    `${fileName} ends neither in .csv nor in .json: give --out a name that says what to write.`,
  );
}

function cellsOf(line: PlanLine): (string | null)[] {
  const { difference, change, status, subject, name, id, why, joins, leaves, fingerprint } = line;
  const stopped = line.hold ?? line.refusal;
  const rule = stopped?.rule ?? line.failure?.class ?? null;
  const detail = stopped?.detail ?? line.failure?.message ?? null;
  const states = [stateText(line.before), stateText(line.after), joins.join(' '), leaves.join(' ')];
  return [difference, change, status, subject, name, id, why, ...states, rule, detail, fingerprint];
}

/** `employee`, `Design, 12 people`; empty for what is not there. */
export function stateText(state: StateBrief | null): string {
  if (state === null) return '';
  const people = state.people === undefined ? [] : [formatCount(state.people, 'person', 'people')];
  return [state.role, state.name, ...people].filter((part) => part !== undefined).join(', ');
}
