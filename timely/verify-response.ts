/**
 * Timely ignores fields and still answers 200 (docs/reference/timely-api.md section 2.5): its answer is compared with
 * what was asked.
 */
import { WriteIgnoredError } from '../domain/errors.ts';
import { sameText } from '../domain/text.ts';
import type { TimelyTeam, TimelyTeamMember, TimelyUser } from '../domain/timely.ts';

/** What a call asked for; keys left out are not compared. */
interface AskedOfUser {
  email?: string;
  roleId?: number;
}
interface AskedOfTeam {
  name?: string;
  members?: TimelyTeamMember[];
  /** Members that Timely may drop: users who are removed from the account, as far as we know. */
  maybeMissing?: ReadonlySet<number>;
}

/**
 * Gives the user back when everything asked for is in the answer. A role that the answer leaves out is not doubted.
 * @throws WriteIgnoredError with the ignored fields
 */
export function verifyUser(what: string, asked: AskedOfUser, user: TimelyUser): TimelyUser {
  const fields: Record<string, string[]> = {};
  // An answer without an address is not doubted.
  if (asked.email !== undefined && user.email !== '' && !sameText(asked.email, user.email)) {
    fields.email = ['Timely kept another address'];
  }
  if (asked.roleId !== undefined && user.roleId !== null && user.roleId !== asked.roleId) {
    fields.role_id = [`Timely kept role ${user.roleId}; role ${asked.roleId} was asked for`];
  }
  if (user.removed) fields.deleted = ['the user is still among the removed ones'];
  return requireNothingIgnored(what, fields, user);
}

/** Gives the team back when it has the name and exactly the members asked for, flags included. @throws WriteIgnoredError */
export function verifyTeam(what: string, asked: AskedOfTeam, team: TimelyTeam): TimelyTeam {
  const fields: Record<string, string[]> = {};
  if (asked.name !== undefined && asked.name !== team.name) fields.name = ['Timely kept another name'];
  const users = asked.members ? memberDifferences(asked.members, team.members, asked.maybeMissing) : [];
  if (users.length > 0) fields.users = users;
  return requireNothingIgnored(what, fields, team);
}

function memberDifferences(
  asked: TimelyTeamMember[],
  answered: TimelyTeamMember[],
  maybeMissing: ReadonlySet<number> = new Set(),
): string[] {
  const askedById = new Map(asked.map((member) => [member.userId, member]));
  const answeredIds = new Set(answered.map((member) => member.userId));
  const missing = asked.filter(({ userId }) => !answeredIds.has(userId) && !maybeMissing.has(userId));
  const surplus = answered.filter((member) => !askedById.has(member.userId));
  const altered = answered.filter((member) => {
    const wanted = askedById.get(member.userId);
    return wanted && (wanted.lead !== member.lead || wanted.hideHours !== member.hideHours);
  });
  return [
    ...describeMembers('not taken in', missing),
    ...describeMembers('still there', surplus),
    ...describeMembers('other lead or hidden-hours flag', altered),
  ];
}

function describeMembers(difference: string, members: TimelyTeamMember[]): string[] {
  if (members.length === 0) return [];
  const shown = members.slice(0, 10).map((member) => member.userId);
  return [`${difference}: ${shown.join(', ')}${members.length > shown.length ? ', …' : ''}`];
}

function requireNothingIgnored<T>(what: string, fields: Record<string, string[]>, answered: T): T {
  const ignored = Object.keys(fields);
  if (ignored.length === 0) return answered;
  throw new WriteIgnoredError(`Timely was asked to ${what} and ignored: ${ignored.join(', ')}`, {
    fields,
    remedy: 'Make the change in Timely by hand, or check that the person who connected is an Admin there.',
  });
}
