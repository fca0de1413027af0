/**
 * Takes a cycle back: from what the journal has of it to the plan that ends it, against Timely as it is now. What was
 * taken back already, or has changed since by other hands, is left alone; so the same undo may be planned again at any time.
 */

import type { ChainedEntry } from '../journal/journal.ts';
import type { JournalPerson } from '../journal/journal-states.ts';
import type { PersonLink } from '../people/link.ts';
import { teamLeadRole } from '../people/roles.ts';
import type { Finding, PersonSubject, PlannedChange, TeamSubject } from '../plan/change.ts';
import { compareKinds, phaseOf } from '../plan/phases.ts';
import type { Plan } from '../plan/plan.ts';
import {
  type PlannedPersonChange,
  personChangeWithFingerprint,
  teamChangeWithFingerprint,
} from '../plan/unsigned-change.ts';
import { compareText, formatCount, sameText } from '../text.ts';
import type { TimelyUser } from '../timely.ts';
import type { Returner, UndoInput } from './undo-input.ts';
import { undoTeams } from './undo-teams.ts';

/** The plan of an undo. Its findings say what it cannot take back. */
export function planUndo(input: UndoInput): Plan {
  const { digest } = input;
  const people = undoPeople(input);
  const returning = new Set(people.changes.filter(isReturn).map(({ subject }) => subject.personId));
  const teams = undoTeams(input, people.returners, returning);
  const teamChanges = (waiting: ReadonlySet<string>) =>
    teams
      .drafts(waiting)
      .map((draft) => teamChangeWithFingerprint(draft, digest))
      .sort(compareChanges);
  return {
    changes: [...people.changes.sort(compareChanges), ...teamChanges(new Set())],
    preHolds: new Map(),
    teamChanges,
    verdicts: [],
    findings: [...people.findings, ...teams.findings],
    unchanged: 0,
    linkUpdates: [],
    needsReplan: { people: new Set(), users: new Set(), sources: new Set() },
    matchExamples: new Map(),
    presentLinksLeftOut: 0,
    index: input.index,
  };
}

const isReturn = ({ kind }: PlannedPersonChange) => kind === 'reinstate';

function undoPeople(input: UndoInput) {
  const users = new Map(input.timely.users.map((user) => [user.id, user]));
  const links = new Map(input.personLinks.map((link) => [link.personId, link]));
  const owners = new Map(input.personLinks.map((link) => [link.timelyId, link.personId]));
  const returners: Returner[] = [];
  const changes: PlannedPersonChange[] = [];
  const findings: Finding[] = [];
  const told = { mailed: 0, moved: 0 };
  const change = (draft: Omit<PlannedPersonChange, 'fingerprint'>) =>
    changes.push(personChangeWithFingerprint({ ...draft, holds: [] }, input.digest));
  const cannot = (subject: PersonSubject, message: string) =>
    findings.push({ kind: cannotUndo, subject: subject.email, message });

  function takeBackArrival(subject: PersonSubject, user: TimelyUser | undefined, kind: string): void {
    if (kind === 'invite') told.mailed += 1;
    if (!user || user.removed) return;
    if (links.get(subject.personId)?.timelyId !== user.id) {
      cannot(subject, 'Their Timely user stands for somebody else by now, and stays.');
      return;
    }
    const reason = `undo: cycle ${input.cycle} ${kind === 'invite' ? 'invited' : 'took back'} them`;
    change({ kind: 'remove', subject, reason, before: { role: user.role }, after: null });
  }

  function takeBackRemoval(subject: PersonSubject, user: TimelyUser | undefined, state: JournalPerson): void {
    const owner = owners.get(subject.timelyId ?? 0);
    if (owner !== undefined && owner !== subject.personId) {
      cannot(subject, 'Their Timely user stands for somebody else by now.');
      return;
    }
    returners.push({ subject, state });
    const leads = sameText(state.role, teamLeadRole);
    const invitedAs = leads ? input.defaultRole : state.role;
    const isGone = !user || user.removed;
    if (isGone) {
      const reason = `undo: cycle ${input.cycle} removed them`;
      change({ kind: 'reinstate', subject, reason, before: null, after: { role: invitedAs } });
    }
    // Timely does not take this role with an invitation (docs/reference/timely-api.md section 4).
    if (leads && (isGone || sameText(user.role, invitedAs))) giveRole(subject, invitedAs, state.role);
  }

  function takeBackRole(
    subject: PersonSubject,
    user: TimelyUser | undefined,
    before: JournalPerson,
    after: JournalPerson,
  ): void {
    if (!user || user.removed || sameText(user.role, before.role)) return;
    if (sameText(user.role, after.role)) giveRole(subject, user.role, before.role);
    else cannot(subject, `Their role was changed again since, to ${user.role}, and stays.`);
  }

  function giveRole(subject: PersonSubject, from: string, to: string): void {
    const reason = `undo: cycle ${input.cycle} changed their role from ${to}`;
    change({ kind: 'changeRole', subject, reason, before: { role: from }, after: { role: to } });
  }

  for (const entry of input.entries) {
    const subject = personOf(entry, links);
    if (!subject) continue;
    const user = users.get(subject.timelyId ?? 0);
    const before = entry.before as JournalPerson | null;
    const after = entry.after as JournalPerson | null;
    if (entry.kind === 'invite' || entry.kind === 'reinstate') takeBackArrival(subject, user, entry.kind);
    else if (entry.kind === 'link') told.moved += 1;
    else if (entry.kind === 'remove' && before) takeBackRemoval(subject, user, before);
    else if (entry.kind === 'changeRole' && before && after) takeBackRole(subject, user, before, after);
  }
  return { changes, returners, findings: [...generalFindings(input, told), ...findings] };
}

/** Whom an entry is about, with the Timely user who stands for them now; null for teams, events and erased people. */
function personOf(entry: ChainedEntry, links: ReadonlyMap<string, PersonLink>): PersonSubject | null {
  const subject = entry.subject as PersonSubject | TeamSubject | null;
  if (subject?.type !== 'person') return null;
  const { timelyId = null } = (entry.after ?? {}) as Partial<JournalPerson>;
  return { ...subject, timelyId: links.get(subject.personId)?.timelyId ?? subject.timelyId ?? timelyId };
}

/** Kinds of the findings of an undo: who stays as they are, and what stays although somebody is taken back. */
export const cannotUndo = 'cannot-undo';
export const undoLeaves = 'undo-leaves';

function generalFindings(
  { entries, cycle }: UndoInput,
  { mailed, moved }: { mailed: number; moved: number },
): Finding[] {
  const about = (subject: string, message: string) => ({ kind: undoLeaves, subject, message });
  const removed = entries.filter(({ kind }) => kind === 'remove').length;
  const erased = entries.filter(({ subject }) => subject === null).length;
  const people = (count: number) => formatCount(count, 'person', 'people');
  return [
    ...(mailed > 0
      ? [
          about(
            people(mailed),
            'The mails of their invitations went out; they stay in the list of removed users.',
          ),
        ]
      : []),
    ...(moved > 0
      ? [
          about(
            people(moved),
            'Which Timely user stands for whom stays as that cycle left it; Timely does not show it.',
          ),
        ]
      : []),
    ...(removed > 0
      ? [
          about(
            people(removed),
            'Timely tells them that they are back. Projects that they lost are not given back.',
          ),
        ]
      : []),
    ...(erased > 0 ? [about(people(erased), 'They were erased from the journal on request.')] : []),
    ...(entries.length === 0
      ? [
          about(
            `cycle ${cycle}`,
            'The journal has nothing of this cycle: it changed nothing, or its entries are too old.',
          ),
        ]
      : []),
  ];
}

/** A team that an undo retires may have the name of one that it makes again, so it goes first within its phase. */
const staysRank = ({ kind }: PlannedChange) => (kind === 'retireTeam' ? 0 : 1);

function compareChanges(one: PlannedChange, other: PlannedChange): number {
  return (
    phaseOf(one.kind) - phaseOf(other.kind) ||
    staysRank(one) - staysRank(other) ||
    compareKinds(one.kind, other.kind) ||
    compareText(one.subject.name, other.subject.name) ||
    compareText(one.fingerprint, other.fingerprint)
  );
}
