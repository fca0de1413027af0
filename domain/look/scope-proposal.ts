/** What a first tenant file may say, by the groups that are there. */
import type { CountedGroup } from '../contract/look.ts';
import { compareText, foldText, sameText } from '../text.ts';

export interface ScopeProposal {
  /** Whose members come into Timely; null when no group has a member. */
  group: CountedGroup | null;
  /** Why this group, in a sentence. */
  reason: string;
  /** Groups for roles of Timely. */
  roles: { group: CountedGroup; role: string }[];
  /** A team for each department, or none. */
  teams: 'departments' | 'none';
}

/** Fewer are no trial of a sync. */
const sensibleMin = 3;

/** `roles`: those that Timely has; null when it was not asked. `hasTeams`: as its plan says. */
export function proposeScope(
  groups: readonly CountedGroup[],
  departments: number,
  timely: { roles: readonly string[]; hasTeams: boolean | null } | null,
): ScopeProposal {
  const filled = groups.filter(({ people }) => people > 0).toSorted(bySize);
  const ours = filled.filter(({ name }) => foldText(name).includes('timely'));
  const forAll = ours.filter(({ name }) => !words.other.test(name));
  const named = forAll.find(({ name }) => words.people.test(name)) ?? forAll[0];
  const smallest = filled.findLast(({ people }) => people >= sensibleMin) ?? filled[0];
  return {
    group: named ?? smallest ?? null,
    reason: reasonOf(named, smallest),
    roles: rolesFrom(ours, timely?.roles ?? null),
    teams: departments > 1 && timely?.hasTeams !== false ? 'departments' : 'none',
  };
}

const words = {
  people: /user|people|staff|member|employee|everyone/i,
  other: /admin|manager|\bno[nt]?\b|exclu/i,
};

function reasonOf(named: CountedGroup | undefined, smallest: CountedGroup | undefined): string {
  if (named) return 'Its name has "Timely" in it.';
  return smallest ? 'It is the smallest group that is enough for a first trial.' : 'No group has a member.';
}

const roleWords = [
  { role: 'admin', word: /admin/i },
  { role: 'manager', word: /manager/i },
] as const;

function rolesFrom(ours: readonly CountedGroup[], known: readonly string[] | null): ScopeProposal['roles'] {
  return roleWords.flatMap(({ role, word }) => {
    const group = ours.find(({ name }) => word.test(name));
    const exists = known === null || known.some((each) => sameText(each, role));
    return group && exists ? [{ group, role }] : [];
  });
}

const bySize = (one: CountedGroup, other: CountedGroup) =>
  other.people - one.people || compareText(one.name, other.name) || compareText(one.id, other.id);
