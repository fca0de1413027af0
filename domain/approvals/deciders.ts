/** Lists of people in the tenant file, `approvals.who` and `console.viewers`: addresses, and groups of the directory. */

const groupPrefix = /^group:\s*(?=\S)/i;

/** Returns the name or object id in `group:NAME`; null for an address. */
export const groupNamedBy = (entry: string): string | null =>
  groupPrefix.test(entry) ? entry.replace(groupPrefix, '').trim() : null;

/** Returns the names or object ids of the groups of a list. */
export const groupsAmong = (list: readonly string[]): string[] =>
  list.flatMap((entry) => groupNamedBy(entry) ?? []);

/** Returns the addresses of a list. */
export const addressesAmong = (list: readonly string[]): string[] =>
  list.filter((entry) => groupNamedBy(entry) === null);
