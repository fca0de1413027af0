/** Findings about groups of the tenant file that the directory does not have, or has more than once. */
import type { Finding } from '../plan/change.ts';
import { sameText } from '../text.ts';
import type { Group } from './directory.ts';
import type { GroupResolution } from './membership.ts';

/** A group that a line of the tenant file names. */
export interface NamedGroup {
  /** The line, such as `scope.include 1`. */
  label: string;
  name: string;
  resolution: GroupResolution;
}

/** Returns the findings `missing-group` and `ambiguous-group`, in the order of the lines. */
export function groupFindings(groups: readonly NamedGroup[]): Finding[] {
  return groups.flatMap(({ label, name, resolution }): Finding[] => {
    if (resolution.kind === 'found') return [];
    const problem = resolution.kind === 'missing' ? missing : ambiguity(resolution.groups, name);
    const message = `${label} names the group "${name}"${problem}`;
    return [{ kind: `${resolution.kind}-group`, subject: name, message }];
  });
}

const missing = ', which the directory does not have. Correct the tenant file.';

function ambiguity(groups: readonly Group[], name: string): string {
  const renamed = groups.find((group) => !sameText(group.name, name));
  const problem = renamed
    ? `: the group of that name is now called "${renamed.name}", and another group has taken its name.`
    : `, and ${groups.length} groups have that name.`;
  return `${problem} Write the object id of the group you mean.`;
}
