/** Which line of `teams` asks for a team. */
import type { Group } from '../people/directory.ts';
import type { TeamSource } from '../plan/change.ts';
import type { TeamRule } from '../rules.ts';
import { foldText, sameText } from '../text.ts';
import { matchGroupName } from './desired-teams.ts';

/**
 * Returns the first line that asks for the team of a source, in words: `teams 2: groups named "Timely - *"`. Returns null
 * when no line does. `group` is the source's group; null when the source is no group or is gone.
 */
export function describeTeamRule(
  source: TeamSource,
  group: Group | null,
  rules: readonly TeamRule[],
): string | null {
  const rule = teamRuleFor(source, group, rules);
  const position = rule ? rules.indexOf(rule) : -1;
  return rule ? `teams ${position + 1}: ${wordsOf(rule)}` : null;
}

/** The first line that asks for the team of a source; null when no line does. */
export const teamRuleFor = (
  source: TeamSource,
  group: Group | null,
  rules: readonly TeamRule[],
): TeamRule | null => rules.find((rule) => asksFor(rule, source, group)) ?? null;

function asksFor(rule: TeamRule, source: TeamSource, group: Group | null): boolean {
  switch (rule.kind) {
    case 'group':
      return (
        group !== null &&
        [group.id, group.name, ...(group.knownAs ?? [])].some((name) => sameText(rule.group, name))
      );
    case 'groupsNamed':
      return group !== null && matchGroupName(rule.pattern, group) !== null;
    case 'department':
      return rule.department.trim() === '*'
        ? source.startsWith('department:')
        : source === `department:${foldText(rule.department)}`;
    case 'emailDomain':
      return source === `domain:${foldText(rule.emailDomain)}`;
  }
}

function wordsOf(rule: TeamRule): string {
  switch (rule.kind) {
    case 'group':
      return `group "${rule.group}"`;
    case 'groupsNamed':
      return `groups named "${rule.pattern}"`;
    case 'department':
      return rule.department.trim() === '*' ? 'each department in scope' : `department "${rule.department}"`;
    case 'emailDomain':
      return `domain "${rule.emailDomain}"`;
  }
}
