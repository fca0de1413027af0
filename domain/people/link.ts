/** Links tie the directory to Timely from cycle to cycle. */
import type { TeamSource } from '../plan/change.ts';
import type { Person } from './directory.ts';

/** What identifies a person whom the directory no longer has, as it had them last. */
export type FormerPerson = Pick<
  Person,
  'name' | 'userPrincipalName' | 'mail' | 'proxyAddresses' | 'kind' | 'formerAddresses' | 'otherAddresses'
> & {
  /** Object ids of the groups that had them as a direct member; absent when there were none. */
  groupIds?: string[];
  /** Their privileged directory roles; absent when there were none. */
  roles?: string[];
};

/** Ties a directory object to a Timely user. */
export interface PersonLink {
  personId: string;
  timelyId: number;
  /** `removed` after a removal by the sync, so that a later return is a reinstatement and not drift. */
  state: 'present' | 'removed';
  /** E-mail address at the time of linking, lower case. It identifies a rehire who has a new object id. */
  email: string;
  /** The role that the sync last gave; null when unknown. A different role in Timely was set by hand. */
  role: string | null;
  /** The role was given by hand before the person was linked, and the tenant file has not given them one since. */
  roleByHand?: boolean;
  /** When the person was first found out of scope, ISO 8601; null while in scope. Grace days start here. */
  outOfScopeSince: string | null;
  /** Set when an operator decided that this Timely user is theirs: by an approval, or with `timely-sync link`. */
  confirmed?: true;
  /** Set when the directory no longer has the person. */
  former?: FormerPerson;
}

/** Ties the source of a team to a Timely team. */
export interface TeamLink {
  source: TeamSource;
  timelyId: number;
  /** Retiring may delete a team that the sync created. It never deletes an adopted one. */
  origin: 'created' | 'adopted';
  /** The name that the sync last gave; null when unknown. A different name in Timely was set by hand. */
  name: string | null;
  /** People that the sync added. While `teamMembers.manual` is `keep`, the sync takes out only these. */
  personIds: string[];
  /** The pattern of the tenant file that asked for the team; null or absent for a line that names the source. */
  pattern?: string | null;
}
