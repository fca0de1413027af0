/**
 * What must not happen even for a moment. Each write of the sync is checked against the directory as it was when the sync
 * sent it, and against the decisions up to then.
 */
import type { LedgerEntry } from '../../simulators/ledger.ts';
import type { StoryDirectory } from './directories/directory.ts';
import { isBelow, isInScope, type Known } from './oracle.ts';

/** The decisions so far. */
export interface Decided {
  /** Addresses of people in an approval that was approved at least once. */
  approved: ReadonlySet<string>;
  /** The highest limit of removals in the story. */
  removalsMax: number;
  /** Addresses of people who were removed without a decision, in the whole story: the window is a week. */
  removed: string[];
}

/** What the directory hid meanwhile. */
interface Unseen {
  /** It gave lists of a while ago. */
  isStale: boolean;
  /** Its log, which alone tells of deletions, left events out. */
  hidesDeletions: boolean;
}

/**
 * What is wrong with writes, in sentences. All of them came between two edits of the directory. No read can tell what
 * is `unseen`, and only a removal asks once more.
 */
export function wrongWrites(
  writes: readonly LedgerEntry[],
  directory: StoryDirectory,
  known: Known,
  decided: Decided,
  { isStale, hidesDeletions }: Unseen,
): string[] {
  const scoped = directory.people().filter((person) => isInScope(directory, person, known));
  const addressesOf = (people: typeof scoped) =>
    new Set(people.flatMap((person) => known.addressesOf(person.id)));
  const wanted = addressesOf(scoped);
  const deleted = addressesOf(directory.people().filter(({ status }) => status === 'purged'));
  // Of a deleted account the directory no longer says in which groups it was.
  const executives = addressesOf(
    directory
      .people()
      .filter(({ id, status }) => status === 'live' && isBelow(directory, known.groups.executives, id)),
  );
  const approved = approvedAddresses(directory, known, decided);
  return writes
    .filter(({ status }) => status === 200)
    .flatMap(({ operation, subject }): string[] => {
      const email = subject?.toLowerCase() ?? '';
      const isApproved = approved.has(email);
      if (!isStale && operation.startsWith('users.') && executives.has(email) && !isApproved)
        return [`${email} is an executive, and ${operation} was sent without an approval.`];
      const isUnseen = isStale || (hidesDeletions && deleted.has(email));
      if (!isUnseen && operation === 'users.invite' && !wanted.has(email))
        return [`${email} was invited while out of scope.`];
      if (operation !== 'users.remove') return [];
      if (wanted.has(email) && !known.recycled.has(email)) return [`${email} was removed while in scope.`];
      if (!isApproved) decided.removed.push(email);
      return decided.removed.length > decided.removalsMax
        ? [
            `${decided.removed.length} people were removed, the limit is ${decided.removalsMax}: ${email} is one too many.`,
          ]
        : [];
    });
}

/** An approval shows the address from the directory, and Timely may still have an earlier one. */
function approvedAddresses(directory: StoryDirectory, known: Known, { approved }: Decided): Set<string> {
  const people = directory.people().map(({ id }) => known.addressesOf(id));
  const theirs = people.filter((addresses) => addresses.some((address) => approved.has(address)));
  return new Set([...approved, ...theirs.flat()]);
}
