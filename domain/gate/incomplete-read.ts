import { isEntry } from '../plan/change.ts';
import type { SyncRules } from '../rules.ts';
import type { GateInput, HoldCheck } from './gate-input.ts';
import { isDemotion } from './role-changes.ts';

/**
 * Holds what an incomplete read does not prove: removals and lower roles; and what a group protects from whose members the
 * read may have left out (docs/reference/rules.md section 1.3).
 */
export function holdUnprovenChanges({ rules, directory, timely }: GateInput): HoldCheck {
  const sides = [...(directory.complete ? [] : ['the directory']), ...(timely.complete ? [] : ['Timely'])];
  const removal = `The read of ${sides.join(' and of ')} is not complete, so it does not prove that a person left. This ends with the next complete read.`;
  const entry = entryDetail(rules, directory);
  const roles = directory.groupsRead !== 'now' && rules.safety.sensitive.groups.length > 0;
  return (change) => {
    const { kind } = change;
    if (kind === 'remove') return sides.length > 0 ? removal : null;
    if (isEntry(kind)) return entry;
    if (kind !== 'changeRole') return null;
    if (roles) return roleDetails.raised;
    return !directory.complete && isDemotion(change) ? roleDetails.lowered : null;
  };
}

const roleDetails = {
  raised:
    'The read of the groups is not complete, so it does not show whether this person is in a group of safety.sensitive.groups. This ends with the next complete read.',
  lowered:
    'The read of the directory is not complete, so it does not prove that this person lost the role. This ends with the next complete read.',
};

/** Why nobody is let in; null when the read shows all that could keep a person out. */
function entryDetail(rules: Pick<SyncRules, 'scope'>, { groupsRead }: GateInput['directory']): string | null {
  if (groupsRead === 'never')
    return 'The groups of the directory were never read completely, and one of them may keep this person out. This ends with the first complete read.';
  const mayKeepOut = rules.scope.exclude.some(
    ({ group, assignedToApp }) => group !== undefined || assignedToApp,
  );
  return groupsRead === 'before' && mayKeepOut
    ? 'The read of the groups is not complete, and a group of scope.exclude may keep this person out. This ends with the next complete read.'
    : null;
}
