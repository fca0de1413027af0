import { PermissionError } from '../domain/errors.ts';
import { isSameAddress } from '../domain/people/address.ts';
import type { ListedUser, TimelyUser } from '../domain/timely.ts';
import type { AccountCalls } from './account.ts';
import { type PageStart, readPages } from './pagination.ts';
import { emptyWhenRefused, nullWhenNotFound, type Send } from './requests.ts';
import {
  removedUserResponse,
  removedUsersResponse,
  type TimelyPermission,
  userResponse,
  userSearchResponse,
  usersResponse,
} from './responses.ts';

/** Reads of the account's users. All may throw the errors of `Send`. */
export interface UserReads {
  /** All present users, odd rows among them, pending invitations included, newest change first, page by page; each user once. */
  users(): AsyncGenerator<ListedUser[]>;
  /** All removed users, likewise. */
  removedUsers(): AsyncGenerator<ListedUser[]>;
  /**
   * Those of `users` that changed at or after a moment. The cost depends on how many changed, not on how many exist.
   */
  usersChangedSince(unixSeconds: number): AsyncGenerator<ListedUser[]>;
  removedUsersChangedSince(unixSeconds: number): AsyncGenerator<ListedUser[]>;
  /**
   * Null when Timely does not know the user, or hides them although we may read users. `removedId` is the id of a user
   * in the list of removed ones. That user counts as removed where the response does not say (`deleted` is optional,
   * docs/reference/timely-api.md section 2.1).
   */
  user(id: number, known?: Pick<WantedUser, 'removedId'>): Promise<TimelyUser | null>;
  /**
   * The present user that changed at or after `since` (Unix seconds) and has the external id, or the e-mail address
   * ignoring case: the effect of an invitation whose response was lost. Reads the list, newest first, and Timely's
   * search, since either may lag behind.
   */
  findPresent(wanted: WantedUser): Promise<TimelyUser | null>;
  /**
   * The present user that Timely's search finds by address or external id; null when it finds none or is not allowed.
   */
  searchPresent(wanted: Omit<WantedUser, 'since'>): Promise<TimelyUser | null>;
}

export interface WantedUser {
  email: string;
  externalId: string;
  since: number;
  /** As for `user`. */
  removedId?: number | null;
}

type UserList = 'present' | 'removed';

/**
 * Pages overlap by this part of their rows. A user who leaves the list while it is read pulls the others forward, and
 * the overlap catches the row at the edge.
 */
const overlap = 0.05;

export function createUserReads(send: Send, path: string, { permissions }: AccountCalls): UserReads {
  /** Users of one list that changed at or after `since` (Unix seconds). The lists are sorted newest first. */
  async function* listed(list: UserList, since = 0): AsyncGenerator<ListedUser[]> {
    const pages = readPages<ListedUser>((start) => listUsers(send, path, list, start), { overlap });
    for await (const page of pages) {
      const changed = page.filter((user) => user.removed === (list === 'removed') && user.updatedAt >= since);
      if (changed.length > 0) yield changed;
      const last = page.findLast(({ odd }) => odd === undefined);
      if (last !== undefined && last.updatedAt < since) return;
    }
  }

  const readUser: UserReads['user'] = async (id, { removedId = null } = {}) => {
    const call = { what: `read user ${id}`, method: 'GET', path: `${path}/${id}` } as const;
    const schema = id === removedId ? removedUserResponse : userResponse;
    try {
      return await send({ ...call, schema }).catch(nullWhenNotFound);
    } catch (error) {
      // 403 means that the user is hidden, as a removed one may be, or that a permission was lost
      // (docs/reference/timely-api.md section 2.3).
      if (error instanceof PermissionError && mayReadUsers(await permissions())) return null;
      throw error;
    }
  };

  const searchPresent: UserReads['searchPresent'] = async (wanted) => {
    const id = await searchId(send, path, wanted);
    const user = id === null ? null : await readUser(id, wanted);
    return user?.removed ? null : user;
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
  };
}

function listUsers(
  send: Send,
  path: string,
  list: UserList,
  { offset, size }: PageStart,
): Promise<ListedUser[]> {
  const query = { limit: size, offset, order: 'desc' };
  const call = { method: 'GET', path } as const;
  return list === 'removed'
    ? send({
        ...call,
        what: 'list the removed users',
        query: { ...query, filter: 'deleted' },
        schema: removedUsersResponse,
      })
    : send({ ...call, what: 'list the users', query, schema: usersResponse });
}

const mayReadUsers = (granted: TimelyPermission[]) =>
  granted.some(({ resource, global }) => resource === 'user' && global.includes('read'));

async function findIn(
  pages: AsyncGenerator<ListedUser[]>,
  { email, externalId }: WantedUser,
): Promise<TimelyUser | null> {
  for await (const page of pages) {
    const match =
      page.find((user) => user.externalId === externalId) ??
      page.find((user) => isSameAddress(user.email, email));
    if (match) return match;
  }
  return null;
}

/**
 * Searching needs a permission of its own, and its rows were shorter once (docs/reference/timely-api.md section 2.3):
 * it may fail.
 */
async function searchId(
  send: Send,
  path: string,
  { email, externalId }: Omit<WantedUser, 'since'>,
): Promise<number | null> {
  const query = { q: email, per_page: 100, page: 1 };
  const call = { what: 'search for a user', method: 'GET', path: `${path}/search`, query } as const;
  const found = await send({ ...call, schema: userSearchResponse }).catch(emptyWhenRefused);
  const match =
    found.find((user) => user.external_id === externalId) ??
    found.find((user) => user.email != null && isSameAddress(user.email, email));
  return match?.id ?? null;
}
