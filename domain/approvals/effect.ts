/** What approving a change does, in words (docs/reference/rules.md section 6). */
import { adminRole, lowersRole } from '../people/roles.ts';
import type { Change, PersonChange, PersonState, TeamChange } from '../plan/change.ts';
import { formatCount, sameText } from '../text.ts';

/** What approving a change does. Only `joins` and `leaves`, and the names of a renamed team, name anybody. */
export interface ChangeEffect {
  /** The role or the team as it is, and as it would be. */
  before: string;
  after: string;
  /** What that means, in sentences without names. */
  says: string;
  /** Addresses of the first people who join and leave a team. `says` counts all of them. */
  joins: string[];
  leaves: string[];
}

/** What the effect on a team depends on, besides the change. */
export interface EffectFacts {
  /** Whether the sync made the team; null for a team that it does not manage yet. */
  origin: 'created' | 'adopted' | null;
  /** Present members of the team whom neither the sync has added nor its source wants. */
  membersByHand: number;
  /** Addresses of the first of them. */
  byHand: string[];
  /** `teamMembers.manual` of the tenant file. */
  manual: 'keep' | 'remove';
  /** The address of a person, else their id. */
  addressOf(personId: string): string;
}

/** People who are named; all are counted. */
export const namedMax = 10;

type Changed<Of extends Change> = Pick<Of, 'kind' | 'subject' | 'before' | 'after'>;

/** Returns the effect of a change. */
export function changeEffect(
  change: Changed<PersonChange> | Changed<TeamChange>,
  facts: EffectFacts,
): ChangeEffect {
  switch (change.kind) {
    case 'invite':
    case 'reinstate':
    case 'link':
    case 'changeRole':
    case 'remove':
      return personEffect(change);
    case 'createTeam':
    case 'renameTeam':
    case 'setTeamMembers':
    case 'retireTeam':
      return teamEffect(change, facts);
  }
}

const outside = 'not in Timely';

function personEffect({ kind, before, after }: Changed<PersonChange>): ChangeEffect {
  const roles = { before: before?.role ?? outside, after: after?.role ?? outside };
  return { ...roles, says: sayOf(kind, before, after), joins: [], leaves: [] };
}

function sayOf(kind: PersonChange['kind'], before: PersonState | null, after: PersonState | null): string {
  const role = after?.role ?? '';
  const admin = sameText(role, adminRole) ? ' An admin has all rights in the account.' : '';
  switch (kind) {
    case 'invite':
      return `Invites the person by e-mail as ${role}, who takes a seat.${admin}`;
    case 'reinstate':
      return `Takes the removed user back as ${role}, who takes a seat. Their hours are theirs again.${admin}`;
    case 'link':
      return `Ties the person to this existing user, and changes nothing in Timely. From then on the sync manages the user.${admin}`;
    case 'changeRole':
      return `${roleStep(before?.role ?? '', role)}${admin}`;
    case 'remove':
      return 'Removes the user from Timely: the access ends, and the seat is free. Their hours stay in Timely.';
  }
}

function roleStep(from: string, to: string): string {
  if (!lowersRole(from, to)) return `Raises the role from ${from} to ${to}: the person gets more rights.`;
  return lowersRole(to, from)
    ? `Changes the role from ${from} to ${to}: the person may lose rights.`
    : `Lowers the role from ${from} to ${to}: the person loses rights.`;
}

function teamEffect(change: Changed<TeamChange>, facts: EffectFacts): ChangeEffect {
  const { kind, before, after } = change;
  const [earlier, later] = [new Set(before?.personIds), new Set(after?.personIds)];
  const joining = [...later].filter((id) => !earlier.has(id));
  const leaving = [...earlier].filter((id) => !later.has(id));
  const named = (ids: string[]) => ids.slice(0, namedMax).map(facts.addressOf);
  const members = { joins: named(joining), leaves: named(leaving) };
  const people = (ids: { length: number }) => formatCount(ids.length, 'member', 'members');
  const counts = { before: before ? people(before.personIds) : 'no team', after: people([...later]) };
  switch (kind) {
    case 'createTeam':
      return { ...counts, says: `Makes the team in Timely with ${people(joining)}.`, ...members };
    case 'renameTeam':
      return {
        before: before?.name ?? '',
        after: after?.name ?? '',
        says: 'Renames the team. Its members stay.',
        joins: [],
        leaves: [],
      };
    case 'setTeamMembers': {
      const byHand = facts.manual === 'remove' && !after?.restore ? facts.membersByHand : 0;
      const leaves = [...named(leaving), ...(byHand > 0 ? facts.byHand : [])].slice(0, namedMax);
      const says = membersSay(change, facts, joining.length, leaving.length + byHand);
      return { ...counts, before: people({ length: earlier.size + byHand }), says, ...members, leaves };
    }
    case 'retireTeam':
      return retirementEffect(earlier.size, named(leaving), facts);
  }
}

/** As activities/apply/apply-team.ts ends a team. */
function retirementEffect(ours: number, leaves: string[], facts: EffectFacts): ChangeEffect {
  const { origin, membersByHand, manual } = facts;
  const people = (count: number) => formatCount(count, 'member', 'members');
  const before = people(ours + membersByHand);
  if (origin !== 'created') {
    const says = `Lets the team go: it stays in Timely with its ${before} and its projects, and the sync no longer manages it.`;
    return { before, after: before, says, joins: [], leaves: [] };
  }
  if (manual === 'keep' && membersByHand > 0) {
    const says = `Takes out ${people(ours)} whom the sync put there. The team stays in Timely for ${people(membersByHand)} added by hand, and the sync no longer manages it.`;
    return { before, after: people(membersByHand), says, joins: [], leaves };
  }
  const says = `Deletes the team in Timely: ${before} lose it, and it is gone from its projects.`;
  const all = [...leaves, ...facts.byHand].slice(0, namedMax);
  return { before, after: 'no team', says, joins: [], leaves: all };
}

function membersSay(
  { after }: Changed<TeamChange>,
  { origin }: EffectFacts,
  joining: number,
  leaving: number,
): string {
  const adopts =
    origin === null ? 'Takes over an existing team: the sync manages its members from then on. ' : '';
  if (after?.restore) {
    const { puts, takesOut } = after.restore;
    return `Puts ${formatCount(puts.length, 'member', 'members')} back into the team and takes ${takesOut.length} out.`;
  }
  return `${adopts}${formatCount(joining, 'person joins', 'people join')} the team, ${formatCount(leaving, 'leaves', 'leave')} it.`;
}

/** Who joins and who leaves, as the end of a text; empty when nobody does. */
export function membersText({ joins, leaves }: Pick<ChangeEffect, 'joins' | 'leaves'>): string {
  const list = (title: string, people: string[]) => {
    const more = people.length >= namedMax ? ', …' : '';
    return people.length > 0 ? ` ${title}: ${people.join(', ')}${more}.` : '';
  };
  return `${list('Joins', joins)}${list('Leaves', leaves)}`;
}
