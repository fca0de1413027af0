/** Which teams a partial plan covers. */

import { buildMembershipIndex } from '../people/membership.ts';
import { scopeVerdicts } from '../people/scope.ts';
import { desiredTeams } from '../teams/desired-teams.ts';
import type { TeamSource } from './change.ts';
import type { PlanInput } from './plan.ts';
/**
 * Returns the teams that a partial plan must cover: those of `sources` that the rules or a link know, and the teams that its
 * people belong to now.
 */
export function sourcesOfPartialPlan(
  input: Omit<PlanInput, 'digest' | 'timely' | 'personLinks'> & { sources: readonly TeamSource[] },
): Set<TeamSource> {
  const { rules, now, directory, teamLinks, unplanned } = input;
  const index = buildMembershipIndex(directory);
  const { verdicts } = scopeVerdicts({ rules, now, directory, index, unplanned });
  const inScope = verdicts.filter((verdict) => verdict.inScope);
  const boundSources = teamLinks.map((link) => link.source);
  const { groups } = directory;
  const { teams } = desiredTeams({ rules, index, groups, inScope, boundSources, unplanned });
  const known = new Set([...boundSources, ...teams.map(({ source }) => source)]);
  const joined = teams.filter(({ personIds }) => personIds.length > 0).map(({ source }) => source);
  return new Set([...input.sources.filter((source) => known.has(source)), ...joined]);
}
