/**
 * Timely ignores fields and still answers 200 (docs/reference/timely-api.md section 2.5), so its response is compared
 * with the request.
 */
import { WriteIgnoredError } from '../domain/errors.ts';
import { sameText } from '../domain/text.ts';
import type { TimelyTeam, TimelyTeamMember, TimelyUser } from '../domain/timely.ts';

/** What a write requested of a user; absent keys are not compared. */
interface RequestedUser {
  email?: string;
  roleId?: number;
}

/** What a write requested of a team; absent keys are not compared. */
export interface RequestedTeam {
  name?: string;
  members?: TimelyTeamMember[];
  /** Members that Timely may drop: users who are removed from the account, as far as we know. */
  maybeMissing?: ReadonlySet<number>;
}

/**
 * Returns the user when the response has everything that was requested. An address or a role that it leaves out counts
 * as granted.
 * @throws WriteIgnoredError with the ignored fields
 */
export function verifyUser(what: string, requested: RequestedUser, user: TimelyUser): TimelyUser {
  const fields: Record<string, string[]> = {};
  if (requested.email !== undefined && user.email !== '' && !sameText(requested.email, user.email)) {
    fields.email = ['Timely kept another address'];
  }
  if (requested.roleId !== undefined && user.roleId !== null && user.roleId !== requested.roleId) {
    fields.role_id = [`Timely kept role ${user.roleId} instead of role ${requested.roleId}`];
  }
  if (user.removed) fields.deleted = ['the user is still removed'];
  return requireNothingIgnored(what, fields, user);
}

/**
 * Returns the team when it has the name and exactly the members requested, flags included. @throws WriteIgnoredError
 */
export function verifyTeam(what: string, requested: RequestedTeam, team: TimelyTeam): TimelyTeam {
  const fields: Record<string, string[]> = {};
  if (requested.name !== undefined && requested.name !== team.name) {
    fields.name = ['Timely kept another name'];
  }
  const { members, maybeMissing } = requested;
  const users = members ? memberDifferences(members, team.members, maybeMissing) : [];
  if (users.length > 0) fields.users = users;
  return requireNothingIgnored(what, fields, team);
}

function memberDifferences(
  requested: TimelyTeamMember[],
  present: TimelyTeamMember[],
  maybeMissing: ReadonlySet<number> = new Set(),
): string[] {
  const requestedById = new Map(requested.map((member) => [member.userId, member]));
  const presentIds = new Set(present.map((member) => member.userId));
  const missing = requested.filter(({ userId }) => !presentIds.has(userId) && !maybeMissing.has(userId));
  const surplus = present.filter((member) => !requestedById.has(member.userId));
  const altered = present.filter((member) => {
    const wanted = requestedById.get(member.userId);
    return wanted && (wanted.lead !== member.lead || wanted.hideHours !== member.hideHours);
  });
  return [
    ...describeMembers('not added', missing),
    ...describeMembers('not removed', surplus),
    ...describeMembers('other lead or hidden-hours flag', altered),
  ];
}

function describeMembers(difference: string, members: TimelyTeamMember[]): string[] {
  if (members.length === 0) return [];
  const shown = members.slice(0, 10).map((member) => member.userId);
  return [`${difference}: ${shown.join(', ')}${members.length > shown.length ? ', …' : ''}`];
}

function requireNothingIgnored<T>(what: string, fields: Record<string, string[]>, result: T): T {
  const ignored = Object.keys(fields);
  if (ignored.length === 0) return result;
  throw new WriteIgnoredError(`Timely was asked to ${what} and ignored: ${ignored.join(', ')}`, {
    fields,
    remedy: 'Make the change in Timely by hand, or check that the user who connected is an Admin there.',
  });
}
