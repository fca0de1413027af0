/** Which pattern of the tenant file asks for a team. */
import { syncRules } from '../../config/rules.ts';
import { patternOf } from '../../domain/teams/desired-teams.ts';
import { teamRuleFor } from '../../domain/teams/team-rule.ts';
import type { TeamChangeRow } from '../../store/planning/plans.ts';
import { groupOfTeam } from '../../store/replica/replica.ts';
import type { ApplyContext } from './apply-context.ts';

/** Returns the pattern that asks for the team of a change; null when a line names its source, or no line asks for it. */
export async function askingPattern({
  services,
  tenant,
  row,
}: Pick<ApplyContext<TeamChangeRow>, 'services' | 'tenant' | 'row'>): Promise<string | null> {
  const { source } = row.subject;
  const group = await groupOfTeam(services.database, row.tenant, source);
  const rule = teamRuleFor(source, group, syncRules(tenant.file).teams);
  return rule && patternOf(rule);
}
