/** Who comes into Timely: chosen among what a look has found, or typed where nothing was looked at. */
import { includeLineOf } from '../../config/first-file/include-line.ts';
import type { IncludeAnswer, ScopeAnswers } from '../../config/first-file/tenant-text.ts';
import type { CountedGroup, CountedList, LookReport, NamedCount } from '../../domain/contract/look.ts';
import { oneLine } from '../../domain/shown-text.ts';
import { foldText, formatCount, sameText } from '../../domain/text.ts';
import { usageError } from '../exit-codes.ts';
import { groupsShown, groupsText } from '../render/look-text.ts';
import { type Session, say } from '../render/output.ts';
import { type TeamChoice, teamChoices } from './team-choices.ts';
import { typedAnswer } from './typed-answer.ts';

export interface ScopeFlags {
  group?: string;
  role?: string;
  teams?: TeamChoice;
}

/** What was looked at, and how further groups are found by a part of their names. */
export interface Found {
  report: LookReport;
  find(part: string): Promise<CountedList<NamedCount & Partial<CountedGroup>>>;
}

const defaultRole = 'employee';

/**
 * Flags come first, then answers on a terminal, then what the look proposes.
 * @throws CommandError (2) without a group, or when the person gives up
 */
export async function gatherScope(
  session: Session,
  { group, role, teams }: ScopeFlags,
  found: Found | null,
): Promise<ScopeAnswers> {
  const { proposal = null } = found?.report ?? {};
  return {
    include: [
      group === undefined
        ? await groupAnswer(session, found)
        : await groupGiven(session, group.trim(), found),
    ],
    role: role ?? (await roleAnswer(session, found)),
    roleRules:
      proposal?.roles.map((rule) => ({ group: includeLineOf(rule.group).value, role: rule.role })) ?? [],
    teams: teams ?? (await teamsAnswer(session, found)),
  };
}

const groupLine = (value: string): IncludeAnswer => ({ kind: 'group', value, comment: '' });

async function groupAnswer(session: Session, found: Found | null): Promise<IncludeAnswer> {
  const proposed = found?.report.proposal.group ?? null;
  const asked = {
    question: 'Group whose members come into Timely, by name or object id; begin with a small one',
  };
  const problem = (text: string) => (text === '' ? 'It is the name of a group.' : null);
  if (!session.watcher || found === null) {
    const otherwise = proposed === null ? undefined : proposed.name;
    const text = await typedAnswer(session, { ...asked, otherwise, read: (typed) => typed, problem });
    if (text === '')
      throw usageError('Without a terminal all answers are flags; these are missing: --group.');
    return proposed !== null && text === proposed.name ? includeLineOf(proposed) : groupLine(text);
  }
  return lineOfFound(session, await chosenGroup(session, found, proposed));
}

/** The group of an option: found as a typed one, and written as it stands where that finds none or several. */
async function groupGiven(session: Session, text: string, found: Found | null): Promise<IncludeAnswer> {
  if (found === null) return groupLine(text);
  const group = onlyOneMeant(text, await groupsLike(found, text), found.report.directory.groups.items);
  return group === null ? groupLine(text) : lineOfFound(session, group);
}

function lineOfFound(session: Session, group: CountedGroup): IncludeAnswer {
  say(session, `The group "${oneLine(group.name)}", ${formatCount(group.people, 'person', 'people')}.`);
  return includeLineOf(group);
}

interface FoundGroups {
  groups: CountedGroup[];
  total: number;
}

async function groupsLike(found: Found, text: string): Promise<FoundGroups> {
  const { items, total } = await found.find(text);
  const groups = items.flatMap(({ id, name, people, isAmbiguous = false }) =>
    id === undefined ? [] : [{ id, name, people, isAmbiguous }],
  );
  return { groups, total };
}

/** The group that a text means: by its object id, its name, or a part that only it has. */
function onlyOneMeant(
  text: string,
  { groups }: FoundGroups,
  listed: readonly CountedGroup[],
): CountedGroup | null {
  const known = listed.find(({ id }) => foldText(id) === foldText(text));
  if (known) return known;
  const exact = groups.filter((group) => sameText(group.name, text));
  const [only = null, ...others] = exact.length > 0 ? exact : groups;
  return others.length === 0 ? only : null;
}

/** Asks until one group is meant: by its number in the last list, its name, its object id or a part that only it has. */
async function chosenGroup(
  session: Session,
  found: Found,
  proposed: CountedGroup | null,
): Promise<CountedGroup> {
  let listed: readonly CountedGroup[] = found.report.directory.groups.items;
  for (;;) {
    const text = await typedAnswer(session, {
      question: 'Group that comes into Timely (number, name or part)',
      otherwise: proposed?.name,
      read: (typed) => typed,
      problem: (typed) => (typed === '' ? 'It is the name of a group.' : null),
    });
    const byNumber = /^\d{1,3}$/.test(text) ? listed.slice(0, groupsShown)[Number(text) - 1] : undefined;
    if (byNumber) return byNumber;
    if (proposed && text === proposed.name) return proposed;
    const { groups, total } = await groupsLike(found, text);
    const only = onlyOneMeant(text, { groups, total }, listed);
    if (only) return only;
    if (groups.length > 0) listed = groups;
    session.err(
      groups.length === 0
        ? `No group has "${text}" in its name.\n`
        : `${groupsText({ items: groups, total }, session.columns)}\n`,
    );
  }
}

async function roleAnswer(session: Session, found: Found | null): Promise<string> {
  const timely = found?.report.timely ?? null;
  const roles = timely !== null && 'roles' in timely ? timely.roles : [];
  const otherwise = roles.find((role) => sameText(role, defaultRole)) ?? defaultRole;
  return await typedAnswer(session, {
    question: `Role in Timely for people without another rule${roles.length > 0 ? `: ${roles.join(', ')}` : ''}`,
    otherwise,
    read: (typed) => roles.find((role) => sameText(role, typed)) ?? typed,
    problem: (typed) =>
      roles.length === 0 || roles.includes(typed)
        ? null
        : `Timely has these roles: ${oneLine(roles.join(', '))}.`,
  });
}

async function teamsAnswer(session: Session, found: Found | null): Promise<ScopeAnswers['teams']> {
  if (!session.watcher || found === null) return 'none';
  const { proposal, directory } = found.report;
  if (proposal.teams === 'none') return 'none';
  const text = await typedAnswer(session, {
    question: `Teams in Timely: departments (one for each of the ${directory.departments.total}), or none`,
    otherwise: proposal.teams,
    read: (typed) => typed,
    problem: (typed) => (isTeamChoice(typed) ? null : 'It is departments or none.'),
  });
  return isTeamChoice(text) ? text : 'none';
}

const isTeamChoice = (text: string): text is ScopeAnswers['teams'] =>
  teamChoices.some((choice) => choice === text);
