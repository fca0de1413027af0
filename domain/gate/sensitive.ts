import { adminRole } from '../people/roles.ts';
import { prepareSensitivity } from '../people/sensitive.ts';
import { sameText } from '../text.ts';
import type { HoldCheck } from './check.ts';
import type { GateInput } from './input.ts';

/**
 * Holds every change of a sensitive person, and the adoption of an admin whoever they are
 * (docs/reference/rules.md section 3).
 */
export function holdSensitivePeople({ rules, directory, plan }: GateInput): HoldCheck {
  const reasonFor = prepareSensitivity({ rules, directory, sides: plan.index });
  return ({ kind, subject, before }) => {
    if (subject.type !== 'person') return null;
    const adoptsAdmin = kind === 'link' && before !== null && sameText(before.role, adminRole);
    return reasonFor(subject) ?? (adoptsAdmin ? 'Would adopt somebody who is an admin in Timely.' : null);
  };
}
