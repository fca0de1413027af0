/** Rounds of the stream of groups: the list, which has no members, and then the members of those that the tenant file needs. */
import { neededCheck } from '../../needed-groups.ts';
import { readRecords } from '../../odd-records.ts';
import { refusedStart } from '../../read-resume.ts';
import { readScimList, type ScimList } from '../../scim/list-pages.ts';
import { firstListPlace } from '../../scim/list-place.ts';
import type { DirectoryEntry, DirectoryPage, NeededGroups, ReadPlace, ReadPlan } from '../../source.ts';
import { changesSince, isoOf, later } from '../../watermark.ts';
import type { SapClient } from '../client/sap-client.ts';
import { changedAtMs, countingName, memberMark, type SapGroup, sapGroup } from './group-records.ts';
import type { GroupsBelow } from './groups-below.ts';
import { readQueue } from './member-queue.ts';
import { type GroupsCursor, type GroupsPlace, readGroupsCursor, readGroupsPlace } from './places.ts';
import type { Witness } from './witness.ts';

export const groupsList: ScimList = {
  path: '/Groups',
  parameters: { excludedAttributes: 'members' },
  operation: 'GET /Groups',
};

export interface GroupsRound {
  sap: SapClient;
  groupsBelow: GroupsBelow;
  cursor: string | null;
  plan: ReadPlan;
  place: ReadPlace | null;
  /** What people say about their groups; asked only by a whole round with members to read. */
  witness(): Promise<Witness>;
  /** Gets the service's own count of groups. */
  onTotal(total: number): void;
}

interface PageAndState {
  page: Pick<DirectoryPage, 'entries' | 'doubts' | 'odd'>;
  state: GroupsPlace;
}

/** One round. Deleted groups are not in the list; only a whole round shows that they are gone. */
export async function* readGroups(read: GroupsRound): AsyncGenerator<DirectoryPage, void, undefined> {
  const { place, plan } = read;
  const cursor = read.cursor === null ? null : readGroupsCursor(read.cursor);
  const needs = plan.groups ?? noGroups;
  let state = place === null ? firstPlace(cursor) : readGroupsPlace(place);
  const before = place?.pages ?? 0;
  let pages = before;
  const nameOf = (group: SapGroup) => countingName(group, needs);
  try {
    for (;;) {
      const phase =
        state.list === null
          ? readQueue({ ...read, isWhole: cursor === null, nameOf }, state)
          : listPages(read, needs, state, cursor, () => pages);
      for await (const { page, state: reached } of phase) {
        pages += 1;
        state = reached;
        const isEnd = state.list === null && state.done === state.queue.length;
        const links = isEnd
          ? { next: null, nextCursor: JSON.stringify(cursorAfter(state)) }
          : { next: JSON.stringify(state), nextCursor: null };
        yield { stream: 'groups', ...page, ...links };
        if (isEnd) return;
      }
    }
  } catch (error) {
    throw pages === before ? refusedStart(error, { stream: 'groups', cursor: read.cursor, place }) : error;
  }
}

const firstPlace = (cursor: GroupsCursor | null): GroupsPlace => ({
  list: firstListPlace,
  at: null,
  seen: cursor?.seen ?? null,
  queue: [],
  done: 0,
  reads: cursor?.reads ?? {},
});

async function* listPages(
  { sap, onTotal }: GroupsRound,
  needs: NeededGroups,
  begun: GroupsPlace,
  cursor: GroupsCursor | null,
  pages: () => number,
): AsyncGenerator<PageAndState, void, undefined> {
  let state = begun;
  const isNeeded = neededCheck(needs, Object.keys(cursor?.reads ?? {}));
  const sinceMs = cursor === null ? null : Date.parse(changesSince(cursor));
  for await (const { resources, next, total, sentAtMs } of readScimList(
    sap,
    groupsList,
    begun.list ?? undefined,
  )) {
    const { fitting, odd } = readRecords(resources, sapGroup, pages() + 1);
    const named = fitting.map((group) => ({ group, id: group.id, name: countingName(group, needs) }));
    const moved = named.filter((each) => isNeeded(each) && mayHaveMoved(each.group, state));
    state = {
      ...state,
      list: next,
      at: state.at ?? isoOf(sentAtMs ?? Date.now()),
      seen: latestOf(fitting, state.seen),
      queue: [...new Set([...state.queue, ...moved.map(({ id }) => id)])],
    };
    const changed = named.filter(
      ({ group }) => sinceMs === null || (changedAtMs(group) ?? sinceMs) >= sinceMs,
    );
    const entries = [...changed.map(groupEntry), ...odd.flatMap(({ objectId }) => keptEntry(objectId))];
    if (next === null) onTotal(total);
    yield { page: { entries, doubts: [], ...(odd.length > 0 && { odd }) }, state };
  }
}

/** Whether the members of a group may have changed since they were read. */
function mayHaveMoved(group: SapGroup, { reads }: GroupsPlace): boolean {
  const read = reads[group.id];
  const mark = memberMark(group);
  return read === undefined || read.isUnsettled || mark === '' || mark !== read.mark;
}

const cursorAfter = ({ at, seen, reads }: GroupsPlace): GroupsCursor => ({
  version: 1,
  at: at ?? isoOf(Date.now()),
  seen,
  reads,
});

const noGroups: NeededGroups = { names: [], patterns: [], assigned: false };

const groupEntry = ({ id, name }: { id: string; name: string }): DirectoryEntry => ({
  type: 'group',
  id,
  patch: { name },
});

const keptEntry = (id: string | null): DirectoryEntry[] =>
  id === null ? [] : [{ type: 'group', id, patch: {} }];

const latestOf = (groups: readonly SapGroup[], seen: string | null): string | null =>
  groups.reduce((latest, group) => {
    const ms = changedAtMs(group);
    return ms === null ? latest : later(latest, isoOf(ms));
  }, seen);
