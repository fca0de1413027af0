import { addressKey } from '../people/address.ts';
import { addressKeysOf } from '../people/person.ts';
import { adminRole, teamLeadRole } from '../people/roles.ts';
import type { Change, PersonSubject, PlannedChange, RefusalRule } from '../plan/change.ts';
import { foldText, sameText } from '../text.ts';
import type { GateInput } from './gate-input.ts';

type Refusal = NonNullable<Change['refusal']>;

/** Timely's roles, from the least to the most rights (docs/reference/timely-api.md section 4). */
const rolesByRank = ['employee', teamLeadRole, 'manager', adminRole];

/** Returns removals and demotions that no approval can permit, by fingerprint. */
export function findRefusals(input: GateInput): ReadonlyMap<string, Refusal> {
  const userOf = (timelyId: number | null) =>
    timelyId === null ? undefined : input.plan.index.user(timelyId);
  const protectedAddresses = new Set(input.rules.safety.protect.map(addressKey));
  const { users, others } = input.timely;
  const admins = users.filter((user) => !user.removed && sameText(user.role, adminRole)).length;
  let adminsLeft = admins + (others?.admins ?? 0);

  function refusalRuleFor({ personId, timelyId, email }: PersonSubject): RefusalRule | null {
    const user = userOf(timelyId);
    if (timelyId !== null && timelyId === input.timely.account.ownerId) return 'owner';
    if (timelyId === input.timely.ownUserId) return 'own-user';
    const { index } = input.plan;
    const person = index.person(personId) ?? index.linkOfPerson(personId)?.former;
    const addresses = [
      ...[email, user?.email ?? email].map(addressKey),
      ...(person ? addressKeysOf(person) : []),
    ];
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

function isDemotion({ kind, before, after }: PlannedChange): boolean {
  if (kind !== 'changeRole' || !before || !after) return false;
  if (sameText(after.role, adminRole)) return false;
  const [from, to] = [rankOf(before.role), rankOf(after.role)];
  // A custom role of the account has no rank: any change from or to it may be a demotion.
  return from === -1 || to === -1 || to < from;
}

const rankOf = (role: string) => rolesByRank.indexOf(foldText(role));
