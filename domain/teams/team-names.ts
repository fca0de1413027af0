/**
 * Which team gets which name. Names are judged as they will be after the renames of the same plan, so that teams can
 * exchange names, and a new team can have a name that another gives up (docs/reference/rules.md section 4.4).
 */

import { groupBy } from '../group-by.ts';
import type { TeamLink } from '../people/link.ts';
import type { Finding } from '../plan/change.ts';
import { foldText, sameText } from '../text.ts';
import type { TimelyTeam } from '../timely.ts';
import type { DesiredTeam } from './desired-teams.ts';

/** A desired team with its link, and with its team in Timely unless that is yet to be created or adopted. */
export interface NameClaim {
  desired: DesiredTeam;
  link: TeamLink | null;
  team: TimelyTeam | null;
}

interface NameDecision {
  /** The team that has the name by hand and is adopted; null otherwise. */
  adopted: TimelyTeam | null;
  /** Null when the team gets its name. */
  taken: Finding | null;
}

/**
 * Decides about each claim. A name goes to the team that has it, else to the first claim. `linkedTeams` are all teams with
 * a link: no other source adopts them.
 */
export function decideNames(
  claims: readonly NameClaim[],
  teams: readonly TimelyTeam[],
  linkedTeams: ReadonlySet<number>,
): ReadonlyMap<NameClaim, NameDecision> {
  const holders = groupBy(teams, (team) => foldText(team.name));
  const winners = new Map<string, NameClaim>();
  const keepersFirst = claims.toSorted((a, b) => Number(keepsName(b)) - Number(keepsName(a)));
  for (const claim of keepersFirst) {
    const key = foldText(claim.desired.name);
    if (!winners.has(key)) winners.set(key, claim);
  }
  const claimOf = new Map(claims.flatMap((claim) => (claim.team ? [[claim.team.id, claim] as const] : [])));
  const refused = new Set(claims.filter((claim) => winners.get(foldText(claim.desired.name)) !== claim));
  const isMovingAway = (team: TimelyTeam) => {
    const claim = claimOf.get(team.id);
    return claim !== undefined && !refused.has(claim) && !keepsName(claim);
  };
  const staying = ({ desired, team }: NameClaim) =>
    (holders.get(foldText(desired.name)) ?? []).filter(
      (holder) => holder.id !== team?.id && !isMovingAway(holder),
    );
  const isBlocked = (claim: NameClaim) => {
    // Timely may take names that differ in case only for one name.
    if (keepsName(claim)) return !keepsCase(claim) && staying(claim).length > 0;
    const others = staying(claim);
    return claim.team ? others.length > 0 : others.length > 1 || others.some(({ id }) => linkedTeams.has(id));
  };
  // A team that does not get its name keeps its old one, which may refuse the next.
  for (let before = -1; before !== refused.size; ) {
    before = refused.size;
    for (const claim of claims) if (!refused.has(claim) && isBlocked(claim)) refused.add(claim);
  }
  const decide = (claim: NameClaim): NameDecision => {
    if (!refused.has(claim)) return { adopted: claim.team ? null : (staying(claim)[0] ?? null), taken: null };
    const winner = winners.get(foldText(claim.desired.name));
    const holder = staying(claim)[0] ?? null;
    const owner = holder ? claimOf.get(holder.id) : winner;
    return { adopted: null, taken: nameTakenFinding(claim, owner ?? null, staying(claim), linkedTeams) };
  };
  return new Map(claims.map((claim) => [claim, decide(claim)]));
}

const keepsName = ({ desired, team }: NameClaim) => team !== null && sameText(team.name, desired.name);

/** A name that differs in case only is the team's own, unless the source has got another one since. */
export const keepsCase = ({ desired: { name }, link, team }: NameClaim): boolean =>
  team?.name === name || link?.name == null || link.name === name;

function nameTakenFinding(
  { desired: { name, label } }: NameClaim,
  owner: NameClaim | null,
  holders: readonly TimelyTeam[],
  linkedTeams: ReadonlySet<number>,
): Finding {
  const about = { kind: 'team-name-taken' as const, subject: name };
  const message = (who: string, next = 'Give one of them another name.') =>
    `The ${label} cannot have the team "${name}": ${who}. ${next}`;
  const [holder, ...others] = holders;
  if (others.length > 0)
    return { ...about, message: message(`${holders.length} teams in Timely have that name`) };
  if (owner) return { ...about, message: message(`the ${owner.desired.label} has the team of that name`) };
  const isSourceless = holder !== undefined && linkedTeams.has(holder.id);
  return {
    ...about,
    message: isSourceless
      ? message(
          'a team whose source is gone has that name',
          'Decide about the end of that team, or rename one of them.',
        )
      : message('a team in Timely that was made by hand has that name'),
  };
}
