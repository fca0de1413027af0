/** What an operator is told about groups of the tenant file that the directory does not have, or has twice. */
import type { Finding } from './change.ts';
import type { GroupResolution } from './membership.ts';

/** A group as a line of the tenant file names it. */
export interface NamedGroup {
  /** The line: `scope.include 1`. */
  label: string;
  name: string;
  resolution: GroupResolution;
}

/** Findings `missing-group` and `ambiguous-group`, in the order of the lines. */
export function groupFindings(groups: readonly NamedGroup[]): Finding[] {
  return groups.flatMap(({ label, name, resolution }): Finding[] => {
    if (resolution.kind === 'found') return [];
    const message =
      resolution.kind === 'missing'
        ? `${label} names the group "${name}", which the directory does not have. Correct the tenant file.`
        : `${label} names the group "${name}", and ${resolution.groups.length} groups have that name. Write the object id of the one that is meant.`;
    return [{ kind: `${resolution.kind}-group`, subject: name, message }];
  });
}
