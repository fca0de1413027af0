/**
 * A plan of a part: only of people, users and teams that something has touched since the last plan, and of those whom
 * that plan did not leave settled. This is what such a part needs to know of everybody else.
 */
import type { TeamSource } from './change.ts';

/** Somebody in scope, as the rules under `teams` look at them. */
export interface TeamCandidate {
  personId: string;
  /** Trimmed; null without one. */
  department: string | null;
  /** Home domain of people from outside, the address's domain of everybody else. */
  domain: string | null;
}

export interface UnplannedContext {
  /** Teams that are planned; the others stand as they are. */
  sources: ReadonlySet<TeamSource>;
  /**
   * All who are left out and belong into one of `sources`. They are linked to a present user, and there is nothing to be
   * done or told about them.
   */
  people: readonly TeamCandidate[];
  /** Timely users of those, and of everybody else who is left out and whom the sync put into one of these teams. */
  linkedUsers: ReadonlyMap<string, number>;
  /** Spellings of departments, with how many people in scope who are left out have them. */
  departments: ReadonlyMap<string, number>;
  /** Labels of the lines under `scope` that somebody fits who is left out. */
  matchedLines: ReadonlySet<string>;
  /** Links of people who are present and left out. */
  presentLinks: number;
  /** Addresses of Timely users who are left out and members of the teams that are planned. */
  addresses: ReadonlyMap<number, string>;
}

/** Who and what the next plan has to look at again, although nothing touches them. */
export interface NeedsReplan {
  people: Set<string>;
  users: Set<number>;
  sources: Set<TeamSource>;
}
