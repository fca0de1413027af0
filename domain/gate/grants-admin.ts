import { adminRole } from '../people/roles.ts';
import { sameText } from '../text.ts';
import type { HoldCheck } from './check.ts';

/** Holds every change that leaves somebody an admin. */
export const holdAdminGrants: HoldCheck = ({ after }) =>
  after !== null && 'role' in after && sameText(after.role, adminRole)
    ? `Would make them ${after.role} in Timely, and granting that always needs approval.`
    : null;
