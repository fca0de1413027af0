/** Plans the undo of what a cycle did to people. */

import type { ChainedEntry, JournalPerson } from '../journal/journal.ts';
import type { PersonLink } from '../people/link.ts';
import { teamLeadRole } from '../people/roles.ts';
import type { Finding, PersonSubject, PlannedPersonChange, TeamSubject } from '../plan/change.ts';
import { personChangeWithFingerprint } from '../plan/fingerprint.ts';
import { sameText } from '../text.ts';
import type { TimelyUser } from '../timely.ts';
import { cannotUndo } from './undo-findings.ts';
import type { Returner, UndoInput } from './undo-input.ts';

interface PeopleUndo {
  changes: PlannedPersonChange[];
  /** People that the cycle removed. */
  returners: Returner[];
  findings: Finding[];
}

interface Context {
  input: UndoInput;
  /** By person. */
  links: ReadonlyMap<string, PersonLink>;
  /** Person by Timely user id. */
  owners: ReadonlyMap<number, string>;
  result: PeopleUndo;
}

/** Returns changes that undo each entry about a person, unless something else has changed that person since. */
export function undoPeople(input: UndoInput): PeopleUndo {
  const users = new Map(input.timely.users.map((user) => [user.id, user]));
  const context: Context = {
    input,
    links: new Map(input.personLinks.map((link) => [link.personId, link])),
    owners: new Map(input.personLinks.map((link) => [link.timelyId, link.personId])),
    result: { changes: [], returners: [], findings: [] },
  };
  for (const entry of input.entries) {
    const subject = subjectOf(entry, context.links);
    if (!subject) continue;
    const user = users.get(subject.timelyId ?? 0);
    const before = entry.before as JournalPerson | null;
    const after = entry.after as JournalPerson | null;
    if (entry.kind === 'invite' || entry.kind === 'reinstate')
      undoArrival(context, subject, user, entry.kind);
    else if (entry.kind === 'remove' && before) undoRemoval(context, subject, user, before);
    else if (entry.kind === 'changeRole' && before && after)
      undoRoleChange(context, subject, user, { before, after });
  }
  return context.result;
}

/** The person of an entry, with their current Timely user; null for teams, events and erased people. */
function subjectOf(entry: ChainedEntry, links: ReadonlyMap<string, PersonLink>): PersonSubject | null {
  const subject = entry.subject as PersonSubject | TeamSubject | null;
  if (subject?.type !== 'person') return null;
  const { timelyId = null } = (entry.after ?? {}) as Partial<JournalPerson>;
  return { ...subject, timelyId: links.get(subject.personId)?.timelyId ?? subject.timelyId ?? timelyId };
}

function undoArrival(
  context: Context,
  subject: PersonSubject,
  user: TimelyUser | undefined,
  kind: 'invite' | 'reinstate',
): void {
  if (!user || user.removed) return;
  if (context.links.get(subject.personId)?.timelyId !== user.id) {
    addFinding(context, subject, 'Their Timely user now belongs to another person, and stays.');
    return;
  }
  const reason = `undo: cycle ${context.input.cycle} ${kind === 'invite' ? 'invited' : 'reinstated'} them`;
  addChange(context, { kind: 'remove', subject, reason, before: { role: user.role }, after: null });
}

function undoRemoval(
  context: Context,
  subject: PersonSubject,
  user: TimelyUser | undefined,
  state: JournalPerson,
): void {
  const owner = context.owners.get(subject.timelyId ?? 0);
  if (owner !== undefined && owner !== subject.personId) {
    addFinding(context, subject, 'Their Timely user now belongs to another person.');
    return;
  }
  context.result.returners.push({ subject, state });
  const isTeamLead = sameText(state.role, teamLeadRole);
  const invitedAs = isTeamLead ? context.input.defaultRole : state.role;
  const isGone = !user || user.removed;
  if (isGone) {
    const reason = `undo: cycle ${context.input.cycle} removed them`;
    addChange(context, { kind: 'reinstate', subject, reason, before: null, after: { role: invitedAs } });
  }
  // Timely does not accept this role with an invitation (docs/reference/timely-api.md section 4).
  if (isTeamLead && (isGone || sameText(user.role, invitedAs)))
    restoreRole(context, subject, invitedAs, { role: state.role });
}

function undoRoleChange(
  context: Context,
  subject: PersonSubject,
  user: TimelyUser | undefined,
  { before, after }: { before: JournalPerson; after: JournalPerson },
): void {
  if (!user || user.removed || sameText(user.role, before.role)) return;
  if (sameText(user.role, after.role)) restoreRole(context, subject, user.role, before);
  else addFinding(context, subject, `Their role has been changed again since, to ${user.role}, and stays.`);
}

function restoreRole(
  context: Context,
  subject: PersonSubject,
  from: string,
  { role, byHand }: JournalPerson,
): void {
  const reason = `undo: cycle ${context.input.cycle} changed their role from ${role}`;
  const after = { role, ...(byHand && { byHand }) };
  addChange(context, { kind: 'changeRole', subject, reason, before: { role: from }, after });
}

function addChange({ input, result }: Context, draft: Omit<PlannedPersonChange, 'fingerprint'>): void {
  result.changes.push(personChangeWithFingerprint({ ...draft, holds: [] }, input.digest));
}

function addFinding({ result }: Context, subject: PersonSubject, message: string): void {
  result.findings.push({ kind: cannotUndo, subject: subject.email, message });
}
