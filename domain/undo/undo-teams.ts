/** Taking back what a cycle did to teams. */

import type { ChainedEntry } from '../journal/journal.ts';
import type { JournalMember, JournalTeam } from '../journal/journal-states.ts';
import type { TeamLink } from '../people/link.ts';
import type { Finding, TeamRestore, TeamSubject } from '../plan/change.ts';
import type { UnsignedTeamChange } from '../plan/unsigned-change.ts';
import { compareText, formatCount, sameText } from '../text.ts';
import type { TimelyTeam } from '../timely.ts';
import type { Returner, UndoInput } from './undo-input.ts';

/** What the journal of the cycle has of one team. */
interface TeamHistory {
  subject: TeamSubject;
  createdAs: JournalTeam | null;
  deleted: JournalTeam | null;
  renamed: { from: string; to: string } | null;
  came: JournalMember[];
  went: JournalMember[];
}

/** Changes that depend on who of the people taken back waits, and what cannot be taken back. */
export function undoTeams(
  input: UndoInput,
  returners: readonly Returner[],
  returning: ReadonlySet<string>,
): { drafts(waiting: ReadonlySet<string>): UnsignedTeamChange[]; findings: Finding[] } {
  const histories = teamHistories(input, returners);
  const findings: Finding[] = [];
  const cannot = (name: string, message: string) =>
    findings.push({ kind: 'cannot-undo', subject: name, message });
  const leaves = (name: string, message: string) =>
    findings.push({ kind: 'undo-leaves', subject: name, message });
  const context = createContext(input, returners, returning);
  const ends = histories.filter((history) => endsTeam(history, context, cannot));
  const steps = histories.map((history) =>
    stepsFor(history, { ...context, ends, histories, cannot, leaves }),
  );
  return { drafts: (waiting) => steps.flatMap((step) => step(waiting)), findings };
}

type Context = ReturnType<typeof createContext>;
type Say = (name: string, message: string) => void;

function createContext(input: UndoInput, returners: readonly Returner[], returning: ReadonlySet<string>) {
  const { timely, personLinks, teamLinks, cycle } = input;
  const personOf = new Map(personLinks.map((link) => [link.timelyId, link.personId]));
  for (const { subject } of returners) personOf.set(subject.timelyId ?? 0, subject.personId);
  const userOf = new Map(personLinks.map((link) => [link.personId, link.timelyId]));
  const present = new Set(timely.users.filter(({ removed }) => !removed).map(({ id }) => id));
  return {
    cycle,
    teams: new Map(timely.teams.map((team) => [team.id, team])),
    links: new Map(teamLinks.map((link) => [link.source, link])),
    linkOfTeam: new Map(teamLinks.map((link) => [link.timelyId, link])),
    personOf: (userId: number) => personOf.get(userId) ?? null,
    /** The user who stands for that one now: somebody who was taken back may have another number. */
    currentId: (userId: number) => userOf.get(personOf.get(userId) ?? '') ?? userId,
    isComing(userId: number, waiting: ReadonlySet<string>): boolean {
      const personId = personOf.get(userId) ?? '';
      return (
        present.has(userOf.get(personId) ?? userId) || (returning.has(personId) && !waiting.has(personId))
      );
    },
  };
}

/** By team, in the order of the journal; the places of people who were removed belong to their teams' histories. */
function teamHistories({ entries, timely, teamLinks }: UndoInput, returners: readonly Returner[]) {
  const histories = new Map<number, TeamHistory>();
  const names = new Map(timely.teams.map(({ id, name }) => [id, name]));
  const sources = new Map(teamLinks.map(({ timelyId, source }) => [timelyId, source]));
  const historyOf = (id: number, source: string, name: string): TeamHistory => {
    const subject: TeamSubject = { type: 'team', source, timelyId: id, name };
    const known = histories.get(id);
    const history = known ?? { subject, createdAs: null, deleted: null, renamed: null, came: [], went: [] };
    histories.set(id, history);
    return history;
  };
  for (const entry of entries) {
    const subject = entry.subject as { type: string; source: string } | null;
    if (subject?.type === 'team') noteEntry(entry, subject.source, historyOf);
  }
  for (const { subject, state } of returners) {
    for (const { team, ...flags } of state.teams ?? []) {
      const history = historyOf(team, sources.get(team) ?? `team:${team}`, names.get(team) ?? `team ${team}`);
      const userId = subject.timelyId ?? 0;
      if (!history.went.some((member) => member.userId === userId)) history.went.push({ userId, ...flags });
    }
  }
  return [...histories.values()];
}

function noteEntry(
  { kind, before: earlier, after: later }: ChainedEntry,
  source: string,
  historyOf: (id: number, source: string, name: string) => TeamHistory,
): void {
  const before = earlier as JournalTeam | null;
  const after = later as JournalTeam | null;
  const team = after ?? before;
  if (!team) return;
  const history = historyOf(team.id, source, team.name);
  if (kind === 'createTeam') history.createdAs = after;
  if (kind === 'retireTeam' && after === null) history.deleted = before;
  if (kind === 'renameTeam' && before && after) history.renamed = { from: before.name, to: after.name };
  // A team that was given up to those who joined it by hand lost its other members and nothing else.
  if (kind === 'setTeamMembers' || (kind === 'retireTeam' && after)) {
    history.came.push(...(after?.members ?? []));
    history.went.push(...(before?.members ?? []));
  }
}

/** A team that the cycle made goes only while it is ours alone. */
function endsTeam({ createdAs }: TeamHistory, context: Context, cannot: Say): boolean {
  const team = createdAs && context.teams.get(createdAs.id);
  if (!createdAs || !team) return false;
  const link = context.linkOfTeam.get(team.id);
  if (link?.origin !== 'created') return false;
  const strangers = membersOfOthers(team, link, context);
  if (strangers.length === 0) return true;
  cannot(
    team.name,
    `${formatCount(strangers.length, 'member', 'members')} came by other hands since: the team stays.`,
  );
  return false;
}

function membersOfOthers(team: TimelyTeam, link: TeamLink, { personOf }: Context) {
  const ours = new Set(link.personIds);
  return team.members.filter(({ userId }) => !ours.has(personOf(userId) ?? ''));
}

interface StepContext extends Context {
  ends: readonly TeamHistory[];
  histories: readonly TeamHistory[];
  cannot: Say;
  leaves: Say;
}

type Step = (waiting: ReadonlySet<string>) => UnsignedTeamChange[];

function stepsFor(history: TeamHistory, context: StepContext): Step {
  const { deleted, subject } = history;
  if (deleted) return recreate(history, deleted, context);
  const team = context.teams.get(subject.timelyId ?? 0);
  if (!team) return () => [];
  const now = { ...subject, name: team.name };
  if (context.ends.includes(history)) {
    const before = { name: team.name, personIds: context.linkOfTeam.get(team.id)?.personIds ?? [] };
    const reason = `undo: cycle ${context.cycle} made the team`;
    return () => [{ kind: 'retireTeam', subject: now, reason, before, after: null }];
  }
  const renames = renameBack(history, team, now, context);
  return (waiting) => [...renames, ...membersBack(history, team, now, context, waiting)];
}

function renameBack(
  { renamed }: TeamHistory,
  team: TimelyTeam,
  subject: TeamSubject,
  context: StepContext,
): UnsignedTeamChange[] {
  if (!renamed || sameText(team.name, renamed.from)) return [];
  const { cycle, cannot } = context;
  if (!sameText(team.name, renamed.to)) {
    cannot(team.name, 'The team was renamed again since, and keeps its name.');
    return [];
  }
  if (nameIsTaken(renamed.from, team.id, context)) {
    cannot(team.name, `Another team is named "${renamed.from}" by now.`);
    return [];
  }
  const personIds = context.linkOfTeam.get(team.id)?.personIds ?? [];
  const reason = `undo: cycle ${cycle} renamed the team from "${renamed.from}"`;
  const before = { name: team.name, personIds };
  return [{ kind: 'renameTeam', subject, reason, before, after: { name: renamed.from, personIds } }];
}

/** Teams that the undo itself ends or renames give their names up. */
function nameIsTaken(name: string, ownId: number, { teams, ends, histories }: StepContext): boolean {
  const leaving = new Set(
    [...ends, ...histories.filter(({ renamed }) => renamed)].map(({ subject }) => subject.timelyId),
  );
  return [...teams.values()].some(
    (team) => team.id !== ownId && !leaving.has(team.id) && sameText(team.name, name),
  );
}

function membersBack(
  { came, went }: TeamHistory,
  team: TimelyTeam,
  subject: TeamSubject,
  context: StepContext,
  waiting: ReadonlySet<string>,
): UnsignedTeamChange[] {
  const { currentId, personOf, isComing, linkOfTeam, cycle } = context;
  const members = new Set(team.members.map(({ userId }) => userId));
  const takesOut = came.map(({ userId }) => currentId(userId)).filter((userId) => members.has(userId));
  const back = went.filter(({ userId }) => !members.has(currentId(userId)) && isComing(userId, waiting));
  if (takesOut.length + back.length === 0) return [];
  const link = linkOfTeam.get(team.id);
  const managed = new Set(link?.personIds ?? []);
  const before = { name: team.name, personIds: [...managed].sort(compareText) };
  for (const userId of takesOut) managed.delete(personOf(userId) ?? '');
  for (const { userId, managed: ours } of back) {
    const personId = personOf(userId);
    if (ours && link && personId !== null) managed.add(personId);
  }
  const restore: TeamRestore = {
    puts: back.map((member) => putOf(member, context)),
    takesOut: takesOut.sort(),
  };
  const after = { name: team.name, personIds: [...managed].sort(compareText), restore };
  const reason = `undo: takes back what cycle ${cycle} did to the members: puts back ${formatCount(back.length, 'person', 'people')}, takes out ${formatCount(takesOut.length, 'person', 'people')}`;
  return [{ kind: 'setTeamMembers', subject, reason, before, after }];
}

function putOf(
  { userId, lead, hideHours }: JournalMember,
  { personOf, currentId }: Context,
): TeamRestore['puts'][number] {
  return { personId: personOf(userId), userId: currentId(userId), lead, hideHours };
}

/** A deleted team comes back as another one of its name; what it was bound to is bound to that. */
function recreate({ subject }: TeamHistory, deleted: JournalTeam, context: StepContext): Step {
  const { links, teams, cannot, leaves, cycle } = context;
  const link = links.get(subject.source);
  if (link && teams.has(link.timelyId)) return () => [];
  if (nameIsTaken(deleted.name, 0, context)) {
    cannot(deleted.name, 'Another team has the name of this one by now, so it is not made again.');
    return () => [];
  }
  leaves(
    deleted.name,
    'The team is made anew, with another number, without its projects, colour and symbol.',
  );
  return (waiting) => {
    const back = deleted.members.filter(({ userId }) => context.isComing(userId, waiting));
    const restore: TeamRestore = { puts: back.map((member) => putOf(member, context)), takesOut: [] };
    const personIds = back
      .flatMap(({ userId, managed }) => (managed ? (context.personOf(userId) ?? []) : []))
      .sort(compareText);
    const reason = `undo: cycle ${cycle} deleted the team`;
    const made = { ...subject, timelyId: null, name: deleted.name };
    const after = { name: deleted.name, personIds, restore };
    return [{ kind: 'createTeam', subject: made, reason, before: null, after }];
  };
}
