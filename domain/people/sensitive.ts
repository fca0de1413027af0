/** Which people are sensitive, so that each of their changes needs approval. */

import { lazy } from '../lazy.ts';
import type { PersonSubject } from '../plan/change.ts';
import type { PlanIndex } from '../plan/plan-index.ts';
import type { SyncRules } from '../rules.ts';
import { foldText } from '../text.ts';
import { addressKey } from './address.ts';
import { groupIdsOf } from './condition.ts';
import type { DirectorySnapshot } from './directory.ts';
import type { NamedGroup } from './group-findings.ts';
import type { ResolveGroup } from './membership.ts';
import { addressKeysOf, subjectAddressKeys } from './person.ts';

interface SensitivityInput {
  rules: Pick<SyncRules, 'safety'>;
  directory: Pick<DirectorySnapshot, 'privileged'>;
  index: Pick<PlanIndex, 'membership' | 'person' | 'user' | 'linkOfPerson' | 'linkOfUser'>;
}

/**
 * Returns a function that says why a person is sensitive, in a sentence, or null when they are not. A recreated account has
 * a new object id, so a person inherits the sensitivity of any account with the same address, and of the one that the Timely
 * user is linked to. A deleted account has no groups and no roles any more, so those that it had count.
 */
export function prepareSensitivity(input: SensitivityInput): (subject: PersonSubject) => string | null {
  const { timelyRoles, emails } = input.rules.safety.sensitive;
  const roles = new Set(timelyRoles.map(foldText));
  const addresses = new Set(emails.map(addressKey));
  const { reasonOf, sensitiveIds } = sensitiveInDirectory(input);
  const idByAddress = lazy(() => idsByAddress(sensitiveIds, input.index));
  return (subject) => {
    const { personId, timelyId } = subject;
    const user = timelyId === null ? undefined : input.index.user(timelyId);
    const own = reasonOf(personId);
    if (own !== null) return own;
    const owner = timelyId === null ? undefined : input.index.linkOfUser(timelyId)?.personId;
    const inherited = owner === undefined || owner === personId ? null : reasonOf(owner);
    if (inherited !== null) return `The Timely user belongs to another account: ${inherited}`;
    if (user && roles.has(foldText(user.role))) return `Is ${user.role} in Timely.`;
    const known = subjectAddressKeys(subject, input.index);
    const otherAccount = known.map((address) => idByAddress().get(address)).find((id) => id !== undefined);
    if (otherAccount !== undefined) return `Another account has the same address: ${reasonOf(otherAccount)}`;
    const isListed = known.some((address) => addresses.has(address));
    return isListed ? `The address is listed under safety.sensitive.emails.` : null;
  };
}

/** Who is sensitive by the directory's own facts, and why. */
function sensitiveInDirectory({ rules, directory, index }: SensitivityInput) {
  const { membership } = index;
  const { directoryRoles, groups } = rules.safety.sensitive;
  const held = directoryRoles ? directory.privileged : [];
  const privileged = new Map(held.map(({ personId, roles }) => [personId, roles]));
  // When several groups have the name, the members of each are sensitive: a guess must not miss one.
  const groupIds = groups.flatMap((group) => groupIdsOf(membership.resolve(group), 'any'));
  const pathOf = (find: (groupId: string) => string[] | null) =>
    groupIds
      .map(find)
      .find((path) => path !== null)
      ?.map((name) => `"${name}"`)
      .join(' > ');
  function reasonOfFormer(personId: string): string | null {
    const former = index.linkOfPerson(personId)?.former;
    if (!former || index.person(personId)) return null;
    const { roles = [], groupIds: groupsBefore = [] } = former;
    if (directoryRoles && roles.length > 0)
      return `Held privileged directory roles until the account was deleted: ${roles.join(', ')}.`;
    const path = pathOf(
      (id) =>
        groupsBefore.map((each) => membership.pathToGroup(id, each)).find((each) => each !== null) ?? null,
    );
    return path === undefined ? null : `Was in the sensitive group ${path} until the account was deleted.`;
  }
  return {
    sensitiveIds: () => [...privileged.keys(), ...groupIds.flatMap((id) => [...membership.peopleIn(id)])],
    reasonOf(personId: string): string | null {
      const rolesHeld = privileged.get(personId);
      if (rolesHeld?.length) return `Holds privileged directory roles: ${rolesHeld.join(', ')}.`;
      const path = pathOf((id) => membership.pathTo(id, personId));
      return path === undefined ? reasonOfFormer(personId) : `Is in the sensitive group ${path}.`;
    },
  };
}

function idsByAddress(ids: () => string[], { person }: Pick<PlanIndex, 'person'>): Map<string, string> {
  return new Map(
    ids().flatMap((id) => {
      const known = person(id);
      return known ? addressKeysOf(known).map((key) => [key, id] as const) : [];
    }),
  );
}

/** Returns the groups that `safety.sensitive.groups` names. */
export function sensitiveGroups({ safety }: Pick<SyncRules, 'safety'>, resolve: ResolveGroup): NamedGroup[] {
  return safety.sensitive.groups.map((name, position) => ({
    label: `safety.sensitive.groups ${position + 1}`,
    name,
    resolution: resolve(name),
  }));
}
