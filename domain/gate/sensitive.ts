import { adminRole } from '../people/roles.ts';
import { prepareSensitivity } from '../people/sensitive.ts';
import { sameText } from '../text.ts';
import type { GateInput, HoldCheck } from './gate-input.ts';

/**
 * Holds every change of a sensitive person, and every link to an existing admin (docs/reference/rules.md section 3).
 */
export function holdSensitivePeople({ rules, directory, plan }: GateInput): HoldCheck {
  const reasonFor = prepareSensitivity({ rules, directory, index: plan.index });
  return ({ kind, subject, before }) => {
    if (subject.type !== 'person') return null;
    const linksAdmin = kind === 'link' && before !== null && sameText(before.role, adminRole);
    return (
      reasonFor(subject) ?? (linksAdmin ? 'Would link a person who is already an admin in Timely.' : null)
    );
  };
}
