/**
 * Group rules: they put people with an attribute's value into groups, and take out those whom they put there. Nothing
 * looks at a deactivated person again (docs/reference/okta.md section 6).
 */
import type { GroupEdits } from './group-edits.ts';
import { type GroupRule, type OktaUser, oktaId } from './objects.ts';

/** Adds a rule and applies it to everybody. */
export function addRule(
  state: GroupEdits,
  { name, attribute, value, groups }: { name: string; attribute: string; value: string; groups: string[] },
): GroupRule {
  const now = state.stamp();
  const groupIds = groups.map((group) => state.group(group).id);
  const times = { created: now, lastUpdated: now };
  const rule: GroupRule = {
    id: oktaId('0pr'),
    name,
    status: 'ACTIVE',
    ...times,
    attribute,
    value,
    groupIds,
  };
  state.rules.push(rule);
  for (const user of state.users.values()) applyRules(state, user);
  return rule;
}

/** Applies the active rules to a person who is not deactivated. */
export function applyRules(state: GroupEdits, user: OktaUser): void {
  if (user.status === 'DEPROVISIONED') return;
  for (const rule of state.rules.filter(({ status }) => status === 'ACTIVE')) {
    const matches = user.profile[rule.attribute] === rule.value;
    for (const group of rule.groupIds.flatMap((id) => state.groups.get(id) ?? [])) {
      const isByRule = group.members.get(user.id)?.rule === rule.id;
      if (matches) state.setMember(group, user, true, rule);
      else if (isByRule) state.setMember(group, user, false);
    }
  }
}
