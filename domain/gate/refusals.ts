import { addressKey } from '../people/address.ts';
import { subjectAddressKeys } from '../people/person.ts';
import { adminRole } from '../people/roles.ts';
import type { Change, PersonSubject, RefusalRule } from '../plan/change.ts';
import { sameText } from '../text.ts';
import type { GateInput } from './gate-input.ts';
import { isDemotion } from './role-changes.ts';

type Refusal = NonNullable<Change['refusal']>;

/** Returns removals and demotions that no approval can permit, by fingerprint. */
export function findRefusals(input: GateInput): ReadonlyMap<string, Refusal> {
  const userOf = (timelyId: number | null) =>
    timelyId === null ? undefined : input.plan.index.user(timelyId);
  const protectedAddresses = new Set(input.rules.safety.protect.map(addressKey));
  const { users, others } = input.timely;
  const admins = users.filter((user) => !user.removed && sameText(user.role, adminRole)).length;
  let adminsLeft = admins + (others?.admins ?? 0);

  function refusalRuleFor(subject: PersonSubject): RefusalRule | null {
    const { timelyId } = subject;
    const user = userOf(timelyId);
    if (timelyId !== null && timelyId === input.timely.account.ownerId) return 'owner';
    if (timelyId === input.timely.ownUserId) return 'own-user';
    const addresses = subjectAddressKeys(subject, input.plan.index);
    if (addresses.some((address) => protectedAddresses.has(address))) return 'protected';
    return user && sameText(user.role, adminRole) && adminsLeft <= 1 ? 'last-admin' : null;
  }

  const refused = new Map<string, Refusal>();
  for (const change of input.plan.changes) {
    const { subject, fingerprint } = change;
    if (subject.type !== 'person' || !(change.kind === 'remove' || isDemotion(change))) continue;
    const rule = refusalRuleFor(subject);
    const user = userOf(subject.timelyId);
    if (rule) refused.set(fingerprint, { rule, detail: details[rule] });
    else if (user && sameText(user.role, adminRole)) adminsLeft -= 1;
  }
  return refused;
}

const details: Record<RefusalRule, string> = {
  owner: 'Owns the Timely account. Transfer the ownership in Timely first.',
  'own-user': 'Is the Timely user whose access the sync uses. Connect as another user first.',
  protected: 'Is listed under safety.protect.',
  'last-admin': 'Would leave Timely without an admin.',
};
