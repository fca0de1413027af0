/** A team's members in Timely, as they are and as they should be. */
import type { TimelyTeamMember } from '../timely.ts';

/**
 * The membership to send, complete, since Timely takes it for the whole (docs/reference/timely-api.md section 3).
 * Everybody who stays keeps their place and their lead and hidden-hours flags; new members follow by id. `managed` are
 * the users whom the sync put there or wants now: with `manual: keep` nobody else is taken out. With `leads` it is the
 * directory that says which of the wanted lead.
 */
export function mergeMembers(input: {
  current: readonly TimelyTeamMember[];
  wanted: readonly number[];
  managed: readonly number[];
  manual: 'keep' | 'remove';
  leads?: readonly number[] | undefined;
}): TimelyTeamMember[] {
  const wanted = new Set(input.wanted);
  const managed = new Set(input.managed);
  const stays = ({ userId }: TimelyTeamMember) =>
    wanted.has(userId) || (input.manual === 'keep' && !managed.has(userId));
  const leads = input.leads && new Set(input.leads);
  const leadsTeam = (userId: number, before: boolean) =>
    leads && wanted.has(userId) ? leads.has(userId) : before;
  const staying = input.current
    .filter(stays)
    .map((member) => ({ ...member, lead: leadsTeam(member.userId, member.lead) }));
  const there = new Set(staying.map((member) => member.userId));
  const joining = [...wanted].filter((userId) => !there.has(userId)).sort((a, b) => a - b);
  return [
    ...staying,
    ...joining.map((userId) => ({ userId, lead: leadsTeam(userId, false), hideHours: false })),
  ];
}
