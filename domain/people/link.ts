/** What ties the directory to Timely from cycle to cycle. */
import type { TeamSource } from '../plan/change.ts';

/** Ties a directory object to a Timely user. */
export interface PersonLink {
  personId: string;
  timelyId: number;
  /** How we left them: `removed` after a removal of ours, so that a later return is a reinstatement, not drift. */
  state: 'present' | 'removed';
  /** E-mail address at the time of linking, lower case: a rehire with a new object id is known by it. */
  email: string;
  /** Role that we left them with; null when unknown. Another one in Timely was given by hand. */
  role: string | null;
  /** First moment they were found out of scope, ISO 8601; null while in scope. Grace days count from it. */
  outOfScopeSince: string | null;
}

/** Ties a team's source to a Timely team. */
export interface TeamLink {
  source: TeamSource;
  timelyId: number;
  /** A team that we made may be deleted when it is retired; one that was there before never is. */
  origin: 'created' | 'adopted';
  /** Name that we left it with; null when unknown. Another one in Timely was given by hand. */
  name: string | null;
  /** People whom the sync put into the team: only they are taken out again while `teamMembers.manual` is `keep`. */
  personIds: string[];
}
