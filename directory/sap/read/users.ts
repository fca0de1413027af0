/** Rounds of the stream of people (docs/reference/sap.md sections 3 and 5). */
import { ContractError } from '../../../domain/errors.ts';
import { readRecords } from '../../odd-records.ts';
import { refusedStart } from '../../read-resume.ts';
import { readScimList, type ScimList } from '../../scim/list-pages.ts';
import { firstListPlace } from '../../scim/list-place.ts';
import { modifiedAfter } from '../../scim/scim-filter.ts';
import type { DirectoryEntry, DirectoryPage, ReadPlace, ReadPlan } from '../../source.ts';
import { isoOf, later } from '../../watermark.ts';
import type { SapClient } from '../client/sap-client.ts';
import { personPatch, type SapUser, sapUser } from './people.ts';
import { readUsersCursor, readUsersPlace, type UsersCursor, type UsersPlace } from './places.ts';
import { peopleSince, withChanges } from './recent-changes.ts';

export const usersList: ScimList = { path: '/Users', operation: 'GET /Users' };

export interface UsersRound {
  sap: SapClient;
  cursor: string | null;
  plan: ReadPlan;
  place: ReadPlace | null;
  /** Gets the users of each page of a whole round, and where that page and the one after it begin. */
  onUsers(users: readonly SapUser[], place: { startId: string; nextId: string | null }): void;
}

/** One round: all users, or those that changed. Deleted ones are in neither; only a whole round shows that they are gone. */
export async function* readUsers(read: UsersRound): AsyncGenerator<DirectoryPage, void, undefined> {
  const { sap, plan, place, onUsers } = read;
  const cursor = read.cursor === null ? null : readUsersCursor(read.cursor);
  let state = place === null ? firstPlace(cursor) : readUsersPlace(place);
  const before = place?.pages ?? 0;
  let pages = before;
  try {
    for await (const { startId, resources, next, total, sentAtMs } of readScimList(
      sap,
      listOf(cursor),
      state.list,
    )) {
      pages += 1;
      if (cursor === null && total === 0) throw new ContractError(nobody);
      const { fitting, odd } = readRecords(resources, sapUser, pages);
      if (cursor === null) onUsers(fitting, { startId, nextId: next?.startId ?? null });
      const oddOnes = state.odd + odd.length;
      const kept = odd.flatMap(({ objectId }): DirectoryEntry[] =>
        objectId === null ? [] : [{ type: 'person', id: objectId, patch: {} }],
      );
      const people = fitting.map((user): DirectoryEntry => {
        return { type: 'person', id: user.id, patch: personPatch(user, plan) };
      });
      const page = {
        stream: 'users' as const,
        entries: [...people, ...kept],
        doubts: next === null && cursor === null ? recordDoubts(oddOnes, total) : [],
        ...(odd.length > 0 && { odd }),
      };
      const at = state.at ?? isoOf(sentAtMs ?? Date.now());
      const seen = latestOf(fitting, state.seen);
      const recent = withChanges(state.recent, fitting);
      if (next === null) {
        const nextCursor: UsersCursor = { version: 1, at, seen, recent };
        yield { ...page, next: null, nextCursor: JSON.stringify(nextCursor) };
        return;
      }
      // A list that begins again has all its records again.
      state = {
        list: next,
        at,
        seen,
        recent,
        odd: next.restarts > state.list.restarts ? odd.length : oddOnes,
      };
      yield { ...page, next: JSON.stringify(state), nextCursor: null };
    }
  } catch (error) {
    throw pages === before ? refusedStart(error, { stream: 'users', cursor: read.cursor, place }) : error;
  }
}

const firstPlace = (cursor: UsersCursor | null): UsersPlace => ({
  list: firstListPlace,
  at: null,
  seen: cursor?.seen ?? null,
  recent: cursor?.recent ?? {},
  odd: 0,
});

const listOf = (cursor: UsersCursor | null): ScimList =>
  cursor === null ? usersList : { ...usersList, parameters: { filter: modifiedAfter(peopleSince(cursor)) } };

const latestOf = (users: readonly SapUser[], seen: string | null): string | null =>
  users.reduce((latest, { meta }) => later(latest, validTime(meta?.lastModified)), seen);

const validTime = (text: string | null | undefined): string | null =>
  text && !Number.isNaN(Date.parse(text)) ? text : null;

const nobody =
  'SAP listed no people at all, which proves nothing: the system has probably lost its authorization Read Users.';

/** One odd record is left out. Where most are odd, what the system may see has changed. */
const recordDoubts = (odd: number, all: number): string[] =>
  odd * 2 <= all
    ? []
    : [
        `${odd} of ${all} people came without what every person has, such as "active": what the system may see has probably changed.`,
      ];
