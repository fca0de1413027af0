/** What a look found, as text for people: the largest of each list, and how many more there are. */
import type {
  CountedGroup,
  CountedList,
  LookReport,
  NamedCount,
  TimelyOverview,
  TimelyUnseen,
} from '../../domain/contract/look.ts';
import { formatCount } from '../../domain/text.ts';
import { table } from './output.ts';
import { fitted } from './wrapped-text.ts';

/** As many as leave room for the rest on a screen of 40 lines. */
export const groupsShown = 10;
const namesShown = 8;

export function lookText({ directory, timely, evidence, proposal }: LookReport, columns: number): string {
  const { people, live, groups, departments, domains, assigned } = directory;
  const text = [
    `The directory has ${formatCount(people, 'account', 'accounts')}; ${live} of them are live.`,
    ...(evidence === null || evidence.complete
      ? []
      : [`Not all of it was seen: ${evidence.reasons.join(' ')}`]),
    groupsText(groups, columns),
    namesLine('Departments', departments),
    namesLine('E-mail domains', domains),
    ...(assigned === null || assigned === 0
      ? []
      : [`Assigned to the application: ${formatCount(assigned, 'live account', 'live accounts')}.`]),
    timelyText(timely),
    ...(proposal.group === null
      ? [proposal.reason]
      : [`Proposed: the group "${proposal.group.name}". ${proposal.reason}`]),
  ].join('\n');
  return fitted(text, columns);
}

/** A table with the numbers by which a group is chosen. */
export function groupsText({ items, total }: CountedList<CountedGroup>, columns: number): string {
  if (total === 0) return 'It has no group.';
  const shown = items.slice(0, groupsShown);
  const rows = shown.map(({ name, people, isAmbiguous, id }, index) => [
    String(index + 1),
    String(people),
    isAmbiguous ? `${name} (${id})` : name,
  ]);
  const text = table(['', 'people', 'group'], rows, columns);
  const more = total - shown.length;
  return more > 0
    ? `${text}\nand ${formatCount(more, 'more group', 'more groups')}: a part of a name finds ${more === 1 ? 'it' : 'them'}.`
    : text;
}

function namesLine(title: string, { items, total }: CountedList<NamedCount>): string {
  if (total === 0) return `${title}: none.`;
  const shown = items.slice(0, namesShown);
  const list = shown.map(({ name, people }) => `${name} ${people}`).join(', ');
  const more = total - shown.length;
  return `${title} (${total}): ${list}${more > 0 ? `, and ${more} more` : ''}.`;
}

function timelyText(timely: TimelyOverview | TimelyUnseen): string {
  if ('problem' in timely) return `Timely was not looked at: ${timely.problem} ${timely.remedy}`.trim();
  const { account, seats, users, known, teams, roles } = timely;
  return [
    `Timely "${account}": ${formatCount(users, 'user', 'users')}, ${known} of them in the directory; ${formatCount(teams, 'team', 'teams')}.`,
    ...(seats === null ? [] : [`Seats: ${seats.used} of ${seats.paid} are used.`]),
    `Roles in Timely: ${roles.join(', ')}.`,
  ].join('\n');
}
