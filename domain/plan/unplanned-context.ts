/**
 * A partial plan covers only dirty people, users and teams, and those of `NeedsReplan` of the last plan. This context is
 * what it needs to know about everyone else.
 */
import type { TeamSource } from './change.ts';

/** A person in scope, as the rules under `teams` see them. */
export interface TeamCandidate {
  personId: string;
  /** Trimmed; null without one. */
  department: string | null;
  /** The home domain of external people; for all others the domain of their address. */
  domain: string | null;
}

export interface UnplannedContext {
  /** Sources of the teams in the partial plan. All other teams stay as they are. */
  sources: ReadonlySet<TeamSource>;
  /** Unplanned people who belong to one of `sources`. They are linked to a present user and need no change or finding. */
  people: readonly TeamCandidate[];
  /** Timely users of `people`, and of all other unplanned people that the sync added to one of these teams. */
  linkedUsers: ReadonlyMap<string, number>;
  /** Spellings of departments, with the number of unplanned people in scope who have each. */
  departments: ReadonlyMap<string, number>;
  /** Labels of the lines under `scope` that match an unplanned person. */
  matchedLines: ReadonlySet<string>;
  /** Number of links of unplanned people who are present. */
  presentLinks: number;
  /** Addresses of unplanned Timely users that are in a planned team, but not by the sync, by user id. */
  addresses: ReadonlyMap<number, string>;
}

/** People, users and teams that the next plan must include, even when they are not dirty. */
export interface NeedsReplan {
  people: Set<string>;
  users: Set<number>;
  sources: Set<TeamSource>;
}
