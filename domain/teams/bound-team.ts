/** What the planning of teams works with. */

import type { TeamLink } from '../people/link.ts';
import type { TimelyTeam } from '../timely.ts';
import type { DesiredTeam } from './desired-teams.ts';

/** What teams need to know of people, for one way the plan may go. */
export interface TeamPeople {
  /** Whether they are in Timely already, and stay. */
  isPresent(personId: string): boolean;
  /** Whether they are in Timely, or will be when the plan's changes of people are applied. */
  isComing(personId: string): boolean;
  /** Whether they left and stay in Timely for the time being: then they stay in their teams. */
  isStaying(personId: string): boolean;
  /** Null while they are not in Timely. */
  timelyIdOf(personId: string): number | null;
  /** Object id of their manager in the directory. */
  managerOf(personId: string): string | null;
  /** Address of a Timely user, for reasons. */
  addressOf(timelyId: number): string;
}

/** A desired team with the Timely team that stands for it. */
export interface BoundTeam {
  desired: DesiredTeam;
  link: TeamLink | null;
  team: TimelyTeam | null;
  /** Name that it has after the plan: the wanted one, unless another team has that. */
  name: string;
}
