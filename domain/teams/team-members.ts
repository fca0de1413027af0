/** The members of a Timely team, as the sync writes them. */
import type { TimelyTeamMember } from '../timely.ts';

/**
 * Returns the complete list of members, because Timely replaces the whole list (docs/reference/timely-api.md section 3).
 * Members who stay keep their position and their flags. New members follow by id. `managed` are users that the sync
 * added or wants now: with `manual: keep` it takes out only these. With `leads`, the directory decides who leads.
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
  const isStaying = ({ userId }: TimelyTeamMember) =>
    wanted.has(userId) || (input.manual === 'keep' && !managed.has(userId));
  const leads = input.leads && new Set(input.leads);
  const isLead = (userId: number, wasLead: boolean) =>
    leads && wanted.has(userId) ? leads.has(userId) : wasLead;
  const staying = input.current
    .filter(isStaying)
    .map((member) => ({ ...member, lead: isLead(member.userId, member.lead) }));
  const present = new Set(staying.map((member) => member.userId));
  const joining = [...wanted].filter((userId) => !present.has(userId)).sort((a, b) => a - b);
  return [
    ...staying,
    ...joining.map((userId) => ({ userId, lead: isLead(userId, false), hideHours: false })),
  ];
}
