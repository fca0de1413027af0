/** Which line of `teams` asks for a team. */
import type { TeamSource } from '../plan/change.ts';
import type { TeamRule } from '../rules.ts';
import { foldText, sameText } from '../text.ts';
import { groupSource, matchPattern } from './desired-teams.ts';

/**
 * The first line that asks for a team of this source, in words: `teams 2: groups named "Timely - *"`. Null when none
 * does (any more). `groupName` is that of the source's group; null when it is no group, or gone.
 */
export function describeTeamRule(
  source: TeamSource,
  groupName: string | null,
  rules: readonly TeamRule[],
): string | null {
  const position = rules.findIndex((rule) => asksFor(rule, source, groupName));
  const rule = rules[position];
  return rule ? `teams ${position + 1}: ${wordsOf(rule)}` : null;
}

function asksFor(rule: TeamRule, source: TeamSource, groupName: string | null): boolean {
  switch (rule.kind) {
    case 'group':
      return groupName !== null && (sameText(rule.group, groupName) || groupSource(rule.group) === source);
    case 'groupsNamed':
      return groupName !== null && matchPattern(rule.pattern, groupName) !== null;
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
