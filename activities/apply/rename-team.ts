/** Renaming a team in Timely. Teams may exchange names, so the name may still be that of another team. */
import { teamStates } from '../../domain/journal/journal.ts';
import { temporaryName } from '../../domain/teams/rename-order.ts';
import { sameText } from '../../domain/text.ts';
import type { TimelyTeam } from '../../domain/timely.ts';
import type { Store } from '../../store/database.ts';
import { givesUpName, type TeamChangeRow } from '../../store/planning/plans.ts';
import { rememberTeamName, teamLinksOf } from '../../store/planning/team-links.ts';
import { teamIdsNamed } from '../../store/replica/team-rosters.ts';
import { rememberTeam, storedTeam } from '../../store/replica/timely-snapshot.ts';
import type { ApplyResult } from './apply-context.ts';
import { type TeamContext, wantedState } from './team-members.ts';

/** Renames the team `before`. The change is dropped while another team keeps the name. */
export async function renameTeam(context: TeamContext, before: TimelyTeam): Promise<ApplyResult> {
  const { tenant, row } = context;
  const { name } = wantedState(row);
  const holder = before.name === name ? null : await clearName(context, before.id, name);
  if (holder) return nameKept(row, holder);
  const after = before.name === name ? before : await tenant.timely.renameTeam(before, name);
  const isHalfway = before.name === temporaryName(row.before?.name ?? '', before.id);
  const former = isHalfway ? { ...before, name: row.before?.name ?? before.name } : before;
  return {
    outcome: 'done',
    ...teamStates(former, after, new Set()),
    async remember(store) {
      await rememberTeamName(store, row.tenant, row.subject.source, after.name);
      await rememberName(store, row.tenant, after);
    },
  };
}

/**
 * Moves a team that has the name and is to give it up in this cycle to a temporary name. Plans order renames so that this
 * is needed in rings only (domain/teams/rename-order.ts). Each step is stored, so a repeated attempt goes on from it.
 * @returns a team that keeps the name; null when the name is free
 */
async function clearName(
  { services, tenant, row }: TeamContext,
  ownId: number,
  name: string,
): Promise<TimelyTeam | null> {
  const { database } = services;
  for (const id of await teamIdsNamed(database, row.tenant, name)) {
    const holder = id === ownId ? null : await tenant.timely.team(id);
    if (!holder) continue;
    const hasName = sameText(holder.name, name);
    if (hasName && !(await givesUpName(database, row, id))) return holder;
    const moved = hasName ? await tenant.timely.renameTeam(holder, temporaryName(holder.name, id)) : holder;
    await database.transaction(async (store) => {
      for (const { source } of hasName ? await teamLinksOf(store, row.tenant, [id]) : [])
        await rememberTeamName(store, row.tenant, source, moved.name);
      await rememberName(store, row.tenant, moved);
    });
  }
  return null;
}

/** Members stay as the last read or write of members left them: no plan has seen those who came since. */
async function rememberName(store: Store, tenant: string, team: TimelyTeam): Promise<void> {
  const { members } = (await storedTeam(store, tenant, team.id)) ?? team;
  await rememberTeam(store, tenant, { ...team, members });
}

const nameKept = (row: TeamChangeRow, { id, name }: TimelyTeam): ApplyResult => ({
  outcome: 'dropped',
  reason: `Team ${row.subject.name} keeps its name for now: team ${id} still has the name ${name}.`,
});
