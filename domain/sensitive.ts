/** Who is so important that a person decides about each of their changes. */
import type { PersonSubject } from './change.ts';
import { groupIdsOf } from './condition.ts';
import type { DirectorySnapshot } from './directory.ts';
import type { NamedGroup } from './group-findings.ts';
import type { MembershipIndex, ResolveGroup } from './membership.ts';
import type { SyncRules } from './rules.ts';
import type { SideIndex } from './side-index.ts';
import { foldText } from './text.ts';

interface SensitivityInput {
  rules: Pick<SyncRules, 'safety'>;
  directory: Pick<DirectorySnapshot, 'privileged'>;
  user: SideIndex['user'];
  index: MembershipIndex;
}

/** Answers, for one person after the other, why they are sensitive, in a sentence; null when they are not. */
export function sensitivity(input: SensitivityInput): (subject: PersonSubject) => string | null {
  const { directoryRoles, timelyRoles, groups, emails } = input.rules.safety.sensitive;
  const { index } = input;
  const privileged = new Map(input.directory.privileged.map(({ personId, roles }) => [personId, roles]));
  const roles = new Set(timelyRoles.map(foldText));
  const addresses = new Set(emails.map(foldText));
  // Where several groups have the name, the members of each are sensitive: no guess makes anybody less so.
  const groupIds = groups.flatMap((group) => groupIdsOf(index.resolve(group), 'any'));
  return ({ personId, timelyId, email }) => {
    const directoryRolesHeld = directoryRoles ? privileged.get(personId) : undefined;
    if (directoryRolesHeld?.length)
      return `Holds privileged directory roles: ${directoryRolesHeld.join(', ')}.`;
    const user = timelyId === null ? undefined : input.user(timelyId);
    if (user && roles.has(foldText(user.role))) return `Is ${user.role} in Timely.`;
    const path = groupIds.map((groupId) => index.pathTo(groupId, personId)).find((each) => each !== null);
    if (path) return `Is in the sensitive group ${path.map((name) => `"${name}"`).join(' > ')}.`;
    const isListed = addresses.has(foldText(email)) || (user && addresses.has(foldText(user.email)));
    return isListed ? `The address is listed under safety.sensitive.emails.` : null;
  };
}

/** The groups that `safety.sensitive.groups` names. */
export function sensitiveGroups({ safety }: Pick<SyncRules, 'safety'>, resolve: ResolveGroup): NamedGroup[] {
  return safety.sensitive.groups.map((name, position) => ({
    label: `safety.sensitive.groups ${position + 1}`,
    name,
    resolution: resolve(name),
  }));
}
