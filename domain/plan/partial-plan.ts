/** Which teams a partial plan covers. */

import { buildMembershipIndex } from '../people/membership.ts';
import { scopeVerdicts } from '../people/scope.ts';
import { desiredTeams } from '../teams/desired-teams.ts';
import { heirsAmong, sourcelessTeams } from '../teams/pass-on.ts';
import type { TimelyTeam } from '../timely.ts';
import type { TeamSource } from './change.ts';
import type { PlanInput } from './plan.ts';

/**
 * Returns the teams that a partial plan must cover: those of `sources` that the rules or a link know, the teams that its
 * people belong to now, and teams that may pass on, with every source that may take them over.
 */
export function sourcesOfPartialPlan(
  input: Omit<PlanInput, 'digest' | 'timely' | 'personLinks'> & {
    sources: readonly TeamSource[];
    timelyTeams: TimelyTeam[];
  },
): Set<TeamSource> {
  const { rules, now, directory, teamLinks, unplanned } = input;
  const index = buildMembershipIndex(directory);
  const { verdicts } = scopeVerdicts({ rules, now, directory, index, unplanned });
  const inScope = verdicts.filter((verdict) => verdict.inScope);
  const boundSources = teamLinks.map((link) => link.source);
  const { groups } = directory;
  const desired = desiredTeams({ rules, index, groups, inScope, unplanned });
  const { teams } = desired;
  const known = new Set([...boundSources, ...teams.map(({ source }) => source)]);
  const joined = teams.filter(({ personIds }) => personIds.length > 0).map(({ source }) => source);
  const gone = sourcelessTeams({ desired, groups, teamLinks, timely: { teams: input.timelyTeams } });
  const heirs = gone.length > 0 ? heirsAmong({ desired, teamLinks }) : [];
  return new Set([
    ...input.sources.filter((source) => known.has(source)),
    ...joined,
    ...gone.map(({ link }) => link.source),
    ...heirs.map(({ source }) => source),
  ]);
}
