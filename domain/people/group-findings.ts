/** Findings about groups of the tenant file that cannot be resolved, or that are no longer called as the file says. */
import type { Finding } from '../plan/change.ts';
import type { FindingKind } from '../plan/finding-kinds.ts';
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

/** Returns the findings about named groups, in the order of the lines. */
export function groupFindings(groups: readonly NamedGroup[]): Finding[] {
  return groups.flatMap((named): Finding[] => {
    const { name, resolution } = named;
    if (resolution.kind === 'found') return newsOf(named, resolution);
    return [{ kind: `${resolution.kind}-group`, subject: name, message: groupProblem(named) ?? '' }];
  });
}

/** Returns why the group of a line is unresolved and what to do, in sentences; null when it is resolved. */
export function groupProblem({ label, name, resolution }: NamedGroup): string | null {
  const names = `${label} names the group "${name}"`;
  switch (resolution.kind) {
    case 'found':
      return null;
    case 'missing':
      return `${names}, which the directory does not have. Correct the tenant file.`;
    case 'hidden':
      return `${names}, whose members, or those of a group in it, are hidden from the application. \`timely-sync check\` names the permission to grant.`;
    case 'ambiguous':
      return `${names}, and ${resolution.groups.length} groups have that name. Write the object id of the group you mean.`;
  }
}

/** What became of the name since it was bound to the group. */
function newsOf(
  { label, name }: NamedGroup,
  { group, rival }: Extract<GroupResolution, { kind: 'found' }>,
): Finding[] {
  const about = (kind: FindingKind, message: string): Finding => ({
    kind,
    subject: name,
    message: `${label} names the group "${name}"${message}`,
  });
  const isRenamed = !sameText(group.name, name) && !sameText(group.id, name);
  const findings: Finding[] = [];
  if (rival) {
    const now = isRenamed
      ? `: the group of that name is now called "${group.name}", and another group has taken its name.`
      : ', and another group has taken its name.';
    findings.push(
      about(
        'group-name-taken',
        `${now} ${goesOn(group)} The other group, ${rival.id}, counts for nothing here.`,
      ),
    );
  } else if (isRenamed) {
    findings.push(about('group-renamed', `, which is now called "${group.name}". ${goesOn(group)}`));
  }
  if (group.recreatedAs?.some((each) => sameText(each, name))) {
    findings.push(
      about(
        'group-recreated',
        `, which was deleted. The only other group of that name stands for it now. Check its members; to confirm it, write its object id, ${group.id}.`,
      ),
    );
  }
  return findings;
}

const goesOn = ({ id }: Group) => `The line goes on meaning the first group. Write its object id, ${id}.`;
