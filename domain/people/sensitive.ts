/** Who is so important that a person decides about each of their changes. */

import { lazy } from '../lazy.ts';
import type { PersonSubject } from '../plan/change.ts';
import type { PlanIndex } from '../plan/plan-index.ts';
import type { SyncRules } from '../rules.ts';
import { foldText } from '../text.ts';
import { groupIdsOf } from './condition.ts';
import type { DirectorySnapshot } from './directory.ts';
import type { NamedGroup } from './group-findings.ts';
import type { ResolveGroup } from './membership.ts';
import { emailOf } from './person.ts';

interface SensitivityInput {
  rules: Pick<SyncRules, 'safety'>;
  directory: Pick<DirectorySnapshot, 'privileged'>;
  sides: Pick<PlanIndex, 'membership' | 'person' | 'user'>;
}

/**
 * Answers, for one person after the other, why they are sensitive, in a sentence; null when they are not. An account that
 * was made anew is another person to the directory: whoever is left of the old one is as sensitive as whoever has the address.
 */
export function prepareSensitivity(input: SensitivityInput): (subject: PersonSubject) => string | null {
  const { timelyRoles, emails } = input.rules.safety.sensitive;
  const roles = new Set(timelyRoles.map(foldText));
  const addresses = new Set(emails.map(foldText));
  const { reasonOf, sensitiveIds } = inDirectory(input);
  const idByAddress = lazy(() => idsByAddress(sensitiveIds, input.sides));
  return ({ personId, timelyId, email }) => {
    const user = timelyId === null ? undefined : input.sides.user(timelyId);
    const known = [email, ...(user ? [user.email] : [])].map(foldText);
    const own = reasonOf(personId);
    if (own !== null) return own;
    if (user && roles.has(foldText(user.role))) return `Is ${user.role} in Timely.`;
    const namesake = known.map((address) => idByAddress().get(address)).find((id) => id !== undefined);
    if (namesake !== undefined) return `Another account has the same address: ${reasonOf(namesake)}`;
    const isListed = known.some((address) => addresses.has(address));
    return isListed ? `The address is listed under safety.sensitive.emails.` : null;
  };
}

/** Who is sensitive by what the directory says of them, and why. */
function inDirectory({ rules, directory, sides: { membership } }: SensitivityInput) {
  const { directoryRoles, groups } = rules.safety.sensitive;
  const held = directoryRoles ? directory.privileged : [];
  const privileged = new Map(held.map(({ personId, roles }) => [personId, roles]));
  // Where several groups have the name, the members of each are sensitive: no guess makes anybody less so.
  const groupIds = groups.flatMap((group) => groupIdsOf(membership.resolve(group), 'any'));
  return {
    sensitiveIds: () => [...privileged.keys(), ...groupIds.flatMap((id) => [...membership.peopleIn(id)])],
    reasonOf(personId: string): string | null {
      const rolesHeld = privileged.get(personId);
      if (rolesHeld?.length) return `Holds privileged directory roles: ${rolesHeld.join(', ')}.`;
      const path = groupIds.map((id) => membership.pathTo(id, personId)).find((each) => each !== null);
      return path ? `Is in the sensitive group ${path.map((name) => `"${name}"`).join(' > ')}.` : null;
    },
  };
}

function idsByAddress(ids: () => string[], { person }: Pick<PlanIndex, 'person'>): Map<string, string> {
  return new Map(
    ids().flatMap((id) => {
      const known = person(id);
      const email = known ? emailOf(known) : null;
      return email === null ? [] : [[foldText(email), id] as const];
    }),
  );
}

/** The groups that `safety.sensitive.groups` names. */
export function sensitiveGroups({ safety }: Pick<SyncRules, 'safety'>, resolve: ResolveGroup): NamedGroup[] {
  return safety.sensitive.groups.map((name, position) => ({
    label: `safety.sensitive.groups ${position + 1}`,
    name,
    resolution: resolve(name),
  }));
}
