import { groupBy } from '../group-by.ts';
import { lazy } from '../lazy.ts';
import type { PlannedChange, TeamChange } from '../plan/change.ts';
import type { GateInput } from './gate-input.ts';

/** How many members of a team the sync may take out, and how many of them a change takes out. */
interface Departures {
  members: number;
  leaving: number;
}

/** Returns whom a change of members takes out of its team; no member for any other change, and for an undo. */
export type CountDepartures = (change: PlannedChange) => Departures;

/** Prepares the count for a plan. Its tables are built with the first change that needs them. */
export function prepareDepartures({ rules, timely, plan }: GateInput): CountDepartures {
  const teams = lazy(() => new Map(timely.teams.map((team) => [team.id, team])));
  const managesAll = rules.teamMembers.manual === 'remove';
  // People whom the same plan links have no link yet.
  const linking = lazy(() =>
    groupBy(plan.changes, ({ kind, subject }) =>
      kind === 'link' && subject.type === 'person' ? subject.personId : null,
    ),
  );
  const userOf = (personId: string) =>
    plan.index.linkedUserOf(personId) ?? linking().get(personId)?.[0]?.subject.timelyId ?? null;
  return (change) => {
    const { kind, subject, before, after } = change as TeamChange;
    if (kind !== 'setTeamMembers' || !before || !after) return { members: 0, leaving: 0 };
    if (!managesAll) {
      const staying = new Set(after.personIds);
      const leaving = before.personIds.filter((id) => !staying.has(id)).length;
      return { members: before.personIds.length, leaving };
    }
    const stayingIds = new Set(after.personIds.map(userOf));
    const current = teams().get(subject.timelyId ?? -1)?.members ?? [];
    return {
      members: current.length,
      leaving: current.filter(({ userId }) => !stayingIds.has(userId)).length,
    };
  };
}
