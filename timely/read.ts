import { formatCount } from '../domain/text.ts';
import type { ListedUser } from '../domain/timely.ts';
import type { TimelyApi } from './api.ts';

/** Whether a read of the users can be trusted to have missed no user. */
export interface TimelyReadVerdict {
  complete: boolean;
  /** Why not, in sentences; empty when it is complete. */
  reasons: string[];
  /** Number of present users, each counted once. */
  present: number;
}

/**
 * Reads all users, present and removed, and hands them to `save` page by page, so that memory holds ids only. A user
 * may be handed over more than once: the last time counts. The number of present users is compared with the account's
 * own. When it is lower, or the account has none, the users are read once more.
 */
export async function readAllUsers(
  api: TimelyApi,
  save: (users: ListedUser[]) => Promise<void>,
): Promise<TimelyReadVerdict> {
  const present = new Set<number>();
  const countAndSave = async (users: ListedUser[]) => {
    for (const { id, removed } of users) {
      if (removed) present.delete(id);
      else present.add(id);
    }
    await save(users);
  };
  await readOnce(api, countAndSave);
  const presentAtFirst = present.size;
  const { userCount } = await api.account();
  if (userCount !== null && presentAtFirst >= userCount) return verdict(present.size, []);
  await readOnce(api, countAndSave);
  const again = await api.account();
  return verdict(present.size, doubts(presentAtFirst, present.size, again.userCount));
}

/**
 * One pass over all users. A user who changes meanwhile moves to the front of the list
 * (docs/reference/timely-api.md section 2.2), so the front is read again.
 */
async function readOnce(api: TimelyApi, save: (users: ListedUser[]) => Promise<void>): Promise<void> {
  let newest = 0;
  for await (const users of api.users()) {
    for (const { updatedAt } of users) newest = Math.max(newest, updatedAt);
    await save(users);
  }
  for await (const users of api.removedUsers()) await save(users);
  for await (const users of api.usersChangedSince(newest)) await save(users);
}

function doubts(presentAtFirst: number, present: number, userCount: number | null): string[] {
  if (userCount === null) {
    return present === presentAtFirst
      ? []
      : [
          `Timely listed ${formatCount(presentAtFirst, 'user', 'users')} at first and ${present} the second time`,
        ];
  }
  return present >= userCount
    ? []
    : [`Timely lists ${formatCount(present, 'user', 'users')}, and its account says ${userCount}`];
}

const verdict = (present: number, reasons: string[]): TimelyReadVerdict => ({
  complete: reasons.length === 0,
  reasons,
  present,
});
