import { adminRole } from '../people/roles.ts';
import { sameText } from '../text.ts';
import type { HoldCheck } from './gate-input.ts';

/** Holds every change after which the person is an admin in Timely. */
export const holdAdminGrants: HoldCheck = ({ after }) =>
  after !== null && 'role' in after && sameText(after.role, adminRole)
    ? `Would make the person ${after.role} in Timely, which always needs approval.`
    : null;
