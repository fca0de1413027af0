import type { TimelyUser } from '../domain/timely.ts';
import type { TimelyApi } from './api.ts';

/** Whether a read of the users can be trusted to have missed nobody. */
export interface TimelyReadVerdict {
  complete: boolean;
  /** Why not, in sentences; empty when it is complete. */
  reasons: string[];
  /** Users who are present, each once. */
  present: number;
}

/**
 * Reads all users, present and removed, and hands them to `keep` in windows, so that memory holds ids only. Somebody
 * may be handed over more than once: the last time counts. The number of those present is held against the account's
 * own; when it is short, or the account has none, everything is read once more.
 */
export async function readAllUsers(
  api: TimelyApi,
  keep: (users: TimelyUser[]) => Promise<void>,
): Promise<TimelyReadVerdict> {
  const present = new Set<number>();
  const keepAndCount = async (users: TimelyUser[]) => {
    for (const { id, removed } of users) {
      if (removed) present.delete(id);
      else present.add(id);
    }
    await keep(users);
  };
  await readOnce(api, keepAndCount);
  const presentAtFirst = present.size;
  const { userCount } = await api.account();
  if (userCount !== null && presentAtFirst >= userCount) return verdict(present.size, []);
  await readOnce(api, keepAndCount);
  const again = await api.account();
  return verdict(present.size, doubts(presentAtFirst, present.size, again.userCount));
}

/**
 * One pass over all users. Whoever changes meanwhile moves to the front (docs/reference/timely-api.md section 2.2): it
 * is read again.
 */
async function readOnce(api: TimelyApi, keep: (users: TimelyUser[]) => Promise<void>): Promise<void> {
  let newest = 0;
  for await (const users of api.users()) {
    newest = Math.max(newest, ...users.map((user) => user.updatedAt));
    await keep(users);
  }
  for await (const users of api.removedUsers()) await keep(users);
  for await (const users of api.usersChangedSince(newest)) await keep(users);
}

function doubts(presentAtFirst: number, present: number, userCount: number | null): string[] {
  if (userCount === null) {
    return present === presentAtFirst
      ? []
      : [`Timely listed ${presentAtFirst} users at first and ${present} when asked again`];
  }
  return present >= userCount ? [] : [`Timely lists ${present} users, and its account says ${userCount}`];
}

const verdict = (present: number, reasons: string[]): TimelyReadVerdict => ({
  complete: reasons.length === 0,
  reasons,
  present,
});
