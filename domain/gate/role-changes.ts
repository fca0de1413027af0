/** Role changes that need approval: every grant of the admin role, and roles given by hand that would be lowered. */
import { adminRole, lowersRole } from '../people/roles.ts';
import type { PlannedChange } from '../plan/change.ts';
import { sameText } from '../text.ts';
import type { GateInput, HoldCheck } from './gate-input.ts';

/** Holds every change after which the person is an admin in Timely. */
export const holdAdminGrants: HoldCheck = ({ after }) =>
  after !== null && 'role' in after && sameText(after.role, adminRole)
    ? `Would make the person ${after.role} in Timely, which always needs approval.`
    : null;

/** Whether a change takes rights from a person, or may. */
export const isDemotion = ({ kind, before, after }: PlannedChange): boolean =>
  kind === 'changeRole' && before !== null && after !== null && lowersRole(before.role, after.role);

/** Holds a change that lowers a role that was given by hand before the sync linked the person, with `roles.adopted: rules`. */
export function holdLoweredRoles({ rules, plan }: GateInput): HoldCheck {
  const isAsked = rules.roles.adopted === 'rules';
  return (change) => {
    const { kind, subject, before, after } = change;
    if (!isAsked || kind !== 'changeRole' || !before || !after) return null;
    return isDemotion(change) && plan.rolesByHand.has(subject.personId)
      ? `${subject.name} was ${before.role} in Timely before the sync, and the tenant file wants ${after.role}. Approve it, or give them a line under roles.rules.`
      : null;
  };
}
