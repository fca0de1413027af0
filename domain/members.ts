/** A team's members in Timely, as they are and as they should be. */
import type { TimelyTeamMember } from './timely.ts';

/**
 * The membership to send, complete, since Timely takes it for the whole (timely-api.md, section 3). Everybody who stays
 * keeps their place and their lead and hidden-hours flags; new members follow by id. `managed` are the users whom the
 * sync put there or wants now: with `manual: keep` nobody else is taken out.
 */
export function mergeMembers(input: {
  current: readonly TimelyTeamMember[];
  wanted: readonly number[];
  managed: readonly number[];
  manual: 'keep' | 'remove';
}): TimelyTeamMember[] {
  const wanted = new Set(input.wanted);
  const managed = new Set(input.managed);
  const stays = ({ userId }: TimelyTeamMember) =>
    wanted.has(userId) || (input.manual === 'keep' && !managed.has(userId));
  const staying = input.current.filter(stays);
  const there = new Set(staying.map((member) => member.userId));
  const joining = [...wanted].filter((userId) => !there.has(userId)).sort((a, b) => a - b);
  return [...staying, ...joining.map((userId) => ({ userId, lead: false, hideHours: false }))];
}
