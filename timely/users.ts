import { z } from 'zod';
import { PermissionError, RejectedError } from '../domain/errors.ts';
import type { TimelyUser } from '../domain/timely.ts';
import type { AccountCalls } from './account.ts';
import { type PageStart, readPages } from './pagination.ts';
import type { TakesSeat } from './refusals.ts';
import { nothingWhenRefused, nullWhenNotFound, type Send } from './requests.ts';
import {
  foundUsersAnswer,
  removedUserAnswer,
  removedUsersAnswer,
  type TimelyPermission,
  userAnswer,
  usersAnswer,
} from './responses.ts';
import { verifyUser } from './verify-response.ts';

/** Somebody to invite, or to take back: the call is the same (docs/reference/timely-api.md section 2.4). */
export interface Invitation {
  /** As `nameForTimely` gives it. */
  name: string;
  email: string;
  roleId: number;
  /** The directory's object id. */
  externalId: string;
}

/** Users of the account. All may throw the errors of `Send`. */
export interface UserCalls {
  /** Everybody present, pending invitations included, newest change first, in windows; each user once. */
  users(): AsyncGenerator<TimelyUser[]>;
  /** Everybody removed, likewise. */
  removedUsers(): AsyncGenerator<TimelyUser[]>;
  /** Those of `users` that changed at or after a moment; costs what changed, not what there is. */
  usersChangedSince(unixSeconds: number): AsyncGenerator<TimelyUser[]>;
  removedUsersChangedSince(unixSeconds: number): AsyncGenerator<TimelyUser[]>;
  /**
   * Null when Timely does not know the user, or hides them although we may read users. `removedId` is whom the lists have
   * as removed: so they are, where the answer does not say (`deleted` is optional,
   * docs/reference/timely-api.md section 2.1).
   */
  user(id: number, known?: Pick<WantedUser, 'removedId'>): Promise<TimelyUser | null>;
  /**
   * Somebody present who changed at or after `since` (Unix seconds), by external id or by e-mail address ignoring case:
   * what an invitation with a lost answer has done. Looks into the list, newest first, and into Timely's search, since
   * either may be behind.
   */
  findPresent(wanted: WantedUser): Promise<TimelyUser | null>;
  /**
   * Mails the person each time it is called. `beforeSending` is awaited right before the request goes out. The role may
   * be another one than asked for: then Timely ignored it.
   * @throws RejectedError with `fields.seat` when there is no seat, WriteIgnoredError when Timely invited otherwise
   */
  invite(invitation: Invitation, beforeSending?: () => Promise<void>): Promise<TimelyUser>;
  /** Somebody present whom Timely's search knows by address or external id; null where it does not, or is not allowed. */
  searchPresent(wanted: Omit<WantedUser, 'since'>): Promise<TimelyUser | null>;
  /** @throws RejectedError also when Timely keeps the role */
  changeRole(user: TimelyUser, roleId: number): Promise<TimelyUser>;
  /** Done as well when the user is not there. */
  remove(id: number): Promise<void>;
}

export interface WantedUser {
  email: string;
  externalId: string;
  since: number;
  /** As for `user`. */
  removedId?: number | null;
}

type UserList = 'present' | 'removed';

export function createUserCalls(
  send: Send,
  accountId: number,
  { account, permissions }: AccountCalls,
): UserCalls {
  const path = `/${accountId}/users`;

  const list = (which: UserList) =>
    readPages<TimelyUser>((start) => askForWindow(send, path, which, start), { overlap: 0.05 });

  /** Users of one list that changed at or after `since` (Unix seconds); the lists are newest first. */
  async function* listed(which: UserList, since = 0): AsyncGenerator<TimelyUser[]> {
    for await (const window of list(which)) {
      const asked = window.filter(
        (user) => user.removed === (which === 'removed') && user.updatedAt >= since,
      );
      if (asked.length > 0) yield asked;
      if ((window.at(-1)?.updatedAt ?? 0) < since) return;
    }
  }

  const readUser: UserCalls['user'] = async (id, { removedId = null } = {}) => {
    const call = { what: `read user ${id}`, method: 'GET', path: `${path}/${id}` } as const;
    const answer = id === removedId ? removedUserAnswer : userAnswer;
    try {
      return await send({ ...call, answer }).catch(nullWhenNotFound);
    } catch (error) {
      // 403 may mean "hidden", as a removed user may be, or a lost permission
      // (docs/reference/timely-api.md section 2.3).
      if (error instanceof PermissionError && mayReadUsers(await permissions())) return null;
      throw error;
    }
  };

  const searchPresent: UserCalls['searchPresent'] = async (wanted) => {
    const id = await searchId(send, path, wanted);
    const user = id === null ? null : await readUser(id, wanted);
    return user?.removed ? null : user;
  };

  /** Beside a free seat, or without the right to invite, a bare refusal is about a lost permission. */
  const mayWantSeats = async () => {
    const { seats, userCount } = await account();
    if (seats !== null && userCount !== null && userCount < seats) return false;
    return mayInvite(await permissions().catch(nothingWhenRefused));
  };

  return {
    users: () => listed('present'),
    removedUsers: () => listed('removed'),
    usersChangedSince: (unixSeconds) => listed('present', unixSeconds),
    removedUsersChangedSince: (unixSeconds) => listed('removed', unixSeconds),
    user: readUser,
    findPresent: async (wanted) => {
      const inList = await findIn(listed('present', wanted.since), wanted);
      return inList ?? (await searchPresent(wanted));
    },
    searchPresent,
    invite: (invitation, beforeSending) => invite(send, path, { ...invitation, mayWantSeats }, beforeSending),
    changeRole: (user, roleId) => changeRole(send, path, user, roleId),
    remove: async (id) => {
      const call = { what: `remove user ${id}`, method: 'DELETE', path: `${path}/${id}` } as const;
      // Whether a second removal answers 404 is unknown (docs/reference/timely-api.md section 2.6).
      await send({ ...call, answer: z.unknown() }).catch(nullWhenNotFound);
    },
  };
}

function askForWindow(
  send: Send,
  path: string,
  which: UserList,
  { offset, size }: PageStart,
): Promise<TimelyUser[]> {
  const query = { limit: size, offset, order: 'desc' };
  const call = { method: 'GET', path } as const;
  return which === 'removed'
    ? send({
        ...call,
        what: 'list the removed users',
        query: { ...query, filter: 'deleted' },
        answer: removedUsersAnswer,
      })
    : send({ ...call, what: 'list the users', query, answer: usersAnswer });
}

const mayReadUsers = (granted: TimelyPermission[]) =>
  granted.some(({ resource, global }) => resource === 'user' && global.includes('read'));

const mayInvite = (granted: TimelyPermission[]) =>
  granted.some(
    (row) => row.resource === 'user' && (row.global.includes('create') || row.permissions.includes('create')),
  );

async function findIn(
  windows: AsyncGenerator<TimelyUser[]>,
  { email, externalId }: WantedUser,
): Promise<TimelyUser | null> {
  const address = email.toLowerCase();
  for await (const window of windows) {
    const match =
      window.find((user) => user.externalId === externalId) ??
      window.find((user) => user.email.toLowerCase() === address);
    if (match) return match;
  }
  return null;
}

/**
 * Searching needs rights of its own, and its answers were shorter once (docs/reference/timely-api.md section 2.3): it
 * may fail.
 */
async function searchId(
  send: Send,
  path: string,
  { email, externalId }: Omit<WantedUser, 'since'>,
): Promise<number | null> {
  const query = { q: email, per_page: 100, page: 1 };
  const call = { what: 'search for a user', method: 'GET', path: `${path}/search`, query } as const;
  const found = await send({ ...call, answer: foundUsersAnswer }).catch(nothingWhenRefused);
  const match =
    found.find((user) => user.external_id === externalId) ??
    found.find((user) => user.email?.toLowerCase() === email.toLowerCase());
  return match?.id ?? null;
}

async function invite(
  send: Send,
  path: string,
  { mayWantSeats, ...invitation }: Invitation & TakesSeat,
  beforeSending: () => Promise<void> = async () => {},
): Promise<TimelyUser> {
  const { name, roleId, externalId } = invitation;
  const email = withLowerCaseDomain(invitation.email);
  const what = 'invite a person';
  const user = await send({
    what,
    method: 'POST',
    path,
    body: { user: { name, email, role_id: roleId, external_id: externalId } },
    takesSeat: { mayWantSeats },
    beforeSending,
    answer: userAnswer,
  });
  return verifyUser(what, { email }, user);
}

async function changeRole(send: Send, path: string, user: TimelyUser, roleId: number): Promise<TimelyUser> {
  const what = `change the role of user ${user.id}`;
  const { name, email } = user;
  const put = (fields: object) =>
    send({
      what,
      method: 'PUT',
      path: `${path}/${user.id}`,
      body: { user: { ...fields, role_id: roleId } },
      answer: userAnswer,
    });
  // Name and e-mail are formally required and cannot be changed: they go back as read
  // (docs/reference/timely-api.md section 2.5). Where Timely does not take back what it has itself, the role goes
  // alone, as its older document has it.
  const changed = await put({ name, email }).catch((error: unknown) => {
    const isAboutOthers =
      error instanceof RejectedError && ('name' in error.fields || 'email' in error.fields);
    if (!isAboutOthers) throw error;
    return put({});
  });
  return verifyUser(what, { roleId }, changed);
}

/**
 * The domain of an address must be lower case (docs/reference/timely-api.md section 2.4); what stands before it is
 * kept.
 */
function withLowerCaseDomain(email: string): string {
  const at = email.lastIndexOf('@');
  return email.slice(0, at) + email.slice(at).toLowerCase();
}
