/** Plans the undo of what a cycle did to teams. */

import type { ChainedEntry, JournalMember, JournalTeam } from '../journal/journal.ts';
import type { TeamLink } from '../people/link.ts';
import type { Finding, TeamRestore, TeamSubject } from '../plan/change.ts';
import type { UnsignedTeamChange } from '../plan/fingerprint.ts';
import { compareText, formatCount, sameText } from '../text.ts';
import type { TimelyTeam } from '../timely.ts';
import { cannotUndo, undoLeaves } from './undo-findings.ts';
import type { Returner, UndoInput } from './undo-input.ts';

/** What the cycle did to one team, from its entries in the journal. */
interface TeamHistory {
  subject: TeamSubject;
  createdAs: JournalTeam | null;
  deleted: JournalTeam | null;
  renamed: { from: string; to: string } | null;
  joined: JournalMember[];
  left: JournalMember[];
}

/** Returns the changes, given the returning people who wait, and findings about what cannot be undone. */
export function undoTeams(
  input: UndoInput,
  returners: readonly Returner[],
  returning: ReadonlySet<string>,
): { drafts(waiting: ReadonlySet<string>): UnsignedTeamChange[]; findings: Finding[] } {
  const histories = teamHistories(input, returners);
  const findings: Finding[] = [];
  const cannot = (name: string, message: string) =>
    findings.push({ kind: cannotUndo, subject: name, message });
  const leaves = (name: string, message: string) =>
    findings.push({ kind: undoLeaves, subject: name, message });
  const context = createContext(input, returners, returning);
  const retired = histories.filter((history) => isRetired(history, context, cannot));
  const steps = histories.map((history) =>
    stepsFor(history, { ...context, retired, histories, cannot, leaves }),
  );
  return { drafts: (waiting) => steps.flatMap((step) => step(waiting)), findings };
}

type Context = ReturnType<typeof createContext>;
type AddFinding = (name: string, message: string) => void;

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
    /** The current id of a user: a reinstated person may have a new one. */
    currentId: (userId: number) => userOf.get(personOf.get(userId) ?? '') ?? userId,
    isComing(userId: number, waiting: ReadonlySet<string>): boolean {
      const personId = personOf.get(userId) ?? '';
      return (
        present.has(userOf.get(personId) ?? userId) || (returning.has(personId) && !waiting.has(personId))
      );
    },
  };
}

/** One history per team, in the order of the journal. A removed person counts as having left each of their teams. */
function teamHistories({ entries, timely, teamLinks }: UndoInput, returners: readonly Returner[]) {
  const histories = new Map<number, TeamHistory>();
  const names = new Map(timely.teams.map(({ id, name }) => [id, name]));
  const sources = new Map(teamLinks.map(({ timelyId, source }) => [timelyId, source]));
  const historyOf = (id: number, source: string, name: string): TeamHistory => {
    const subject: TeamSubject = { type: 'team', source, timelyId: id, name };
    const known = histories.get(id);
    const history = known ?? { subject, createdAs: null, deleted: null, renamed: null, joined: [], left: [] };
    histories.set(id, history);
    return history;
  };
  for (const entry of entries) {
    const subject = entry.subject as { type: string; source: string } | null;
    if (subject?.type === 'team') addEntry(entry, subject.source, historyOf);
  }
  for (const { subject, state } of returners) {
    for (const { team, ...flags } of state.teams ?? []) {
      const history = historyOf(team, sources.get(team) ?? `team:${team}`, names.get(team) ?? `team ${team}`);
      const userId = subject.timelyId ?? 0;
      if (!history.left.some((member) => member.userId === userId)) history.left.push({ userId, ...flags });
    }
  }
  return [...histories.values()];
}

function addEntry(
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
  // A retired team with members added by hand was kept for them: it lost only its other members.
  if (kind === 'setTeamMembers' || (kind === 'retireTeam' && after)) {
    history.joined.push(...(after?.members ?? []));
    history.left.push(...(before?.members ?? []));
  }
}

/** Whether the undo retires the team: the cycle created it, and it has no members added by hand. */
function isRetired({ createdAs }: TeamHistory, context: Context, cannot: AddFinding): boolean {
  const team = createdAs && context.teams.get(createdAs.id);
  if (!createdAs || !team) return false;
  const link = context.linkOfTeam.get(team.id);
  if (link?.origin !== 'created') return false;
  const unmanaged = unmanagedMembers(team, link, context);
  if (unmanaged.length === 0) return true;
  cannot(
    team.name,
    `${formatCount(unmanaged.length, 'member was', 'members were')} added by hand since: the team stays.`,
  );
  return false;
}

function unmanagedMembers(team: TimelyTeam, link: TeamLink, { personOf }: Context) {
  const managed = new Set(link.personIds);
  return team.members.filter(({ userId }) => !managed.has(personOf(userId) ?? ''));
}

interface StepContext extends Context {
  retired: readonly TeamHistory[];
  histories: readonly TeamHistory[];
  cannot: AddFinding;
  leaves: AddFinding;
}

type Step = (waiting: ReadonlySet<string>) => UnsignedTeamChange[];

function stepsFor(history: TeamHistory, context: StepContext): Step {
  const { deleted, subject } = history;
  if (deleted) return recreate(history, deleted, context);
  const team = context.teams.get(subject.timelyId ?? 0);
  if (!team) return () => [];
  const link = context.linkOfTeam.get(team.id);
  // A team may have passed on to another source since.
  const now = { ...subject, source: link?.source ?? subject.source, name: team.name };
  if (context.retired.includes(history)) {
    const before = { name: team.name, personIds: link?.personIds ?? [] };
    const reason = `undo: cycle ${context.cycle} created the team`;
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
  if (!renamed || team.name === renamed.from) return [];
  const { cycle, cannot } = context;
  if (!sameText(team.name, renamed.to)) {
    cannot(team.name, 'The team has been renamed again since, and keeps its name.');
    return [];
  }
  if (isNameTaken(renamed.from, team.id, context)) {
    cannot(team.name, `Another team now has the name "${renamed.from}".`);
    return [];
  }
  const personIds = context.linkOfTeam.get(team.id)?.personIds ?? [];
  const reason = `undo: cycle ${cycle} renamed the team from "${renamed.from}"`;
  const before = { name: team.name, personIds };
  return [{ kind: 'renameTeam', subject, reason, before, after: { name: renamed.from, personIds } }];
}

/** Whether another team has the name. Teams that the undo itself retires or renames give up their names. */
function isNameTaken(name: string, ownId: number, { teams, retired, histories }: StepContext): boolean {
  const leaving = new Set(
    [...retired, ...histories.filter(({ renamed }) => renamed)].map(({ subject }) => subject.timelyId),
  );
  return [...teams.values()].some(
    (team) => team.id !== ownId && !leaving.has(team.id) && sameText(team.name, name),
  );
}

function membersBack(
  { joined, left }: TeamHistory,
  team: TimelyTeam,
  subject: TeamSubject,
  context: StepContext,
  waiting: ReadonlySet<string>,
): UnsignedTeamChange[] {
  const { currentId, personOf, isComing, linkOfTeam, cycle } = context;
  const members = new Set(team.members.map(({ userId }) => userId));
  const takesOut = joined.map(({ userId }) => currentId(userId)).filter((userId) => members.has(userId));
  const back = left.filter(({ userId }) => !members.has(currentId(userId)) && isComing(userId, waiting));
  if (takesOut.length + back.length === 0) return [];
  const link = linkOfTeam.get(team.id);
  const managed = new Set(link?.personIds ?? []);
  const before = { name: team.name, personIds: [...managed].sort(compareText) };
  for (const userId of takesOut) managed.delete(personOf(userId) ?? '');
  for (const { userId, managed: wasManaged } of back) {
    const personId = personOf(userId);
    if (wasManaged && link && personId !== null) managed.add(personId);
  }
  const restore: TeamRestore = {
    puts: back.map((member) => putOf(member, context)),
    takesOut: takesOut.sort(),
  };
  const after = { name: team.name, personIds: [...managed].sort(compareText), restore };
  const reason = `undo: reverts the members after cycle ${cycle}: puts back ${formatCount(back.length, 'person', 'people')}, takes out ${formatCount(takesOut.length, 'person', 'people')}`;
  return [{ kind: 'setTeamMembers', subject, reason, before, after }];
}

function putOf(
  { userId, lead, hideHours }: JournalMember,
  { personOf, currentId }: Context,
): TeamRestore['puts'][number] {
  return { personId: personOf(userId), userId: currentId(userId), lead, hideHours };
}

/** Creates a deleted team again, as a new team of the same name and source. */
function recreate({ subject }: TeamHistory, deleted: JournalTeam, context: StepContext): Step {
  const { links, teams, cannot, leaves, cycle } = context;
  const link = links.get(subject.source);
  if (link && teams.has(link.timelyId)) return () => [];
  if (isNameTaken(deleted.name, 0, context)) {
    cannot(deleted.name, 'Another team now has this name, so the team is not created again.');
    return () => [];
  }
  leaves(deleted.name, 'The team is created again with a new id, without its projects, colour and symbol.');
  return (waiting) => {
    const back = deleted.members.filter(({ userId }) => context.isComing(userId, waiting));
    const restore: TeamRestore = { puts: back.map((member) => putOf(member, context)), takesOut: [] };
    const personIds = back
      .flatMap(({ userId, managed }) => (managed ? (context.personOf(userId) ?? []) : []))
      .sort(compareText);
    const reason = `undo: cycle ${cycle} deleted the team`;
    const recreated = { ...subject, timelyId: null, name: deleted.name };
    const after = { name: deleted.name, personIds, restore };
    return [{ kind: 'createTeam', subject: recreated, reason, before: null, after }];
  };
}
