/** Rounds of the stream of groups: the groups, what the log says, and the members of those that the tenant file needs. */
import { z } from 'zod';
import { neededCheck } from '../../needed-groups.ts';
import { readRecords } from '../../odd-records.ts';
import { refusedStart } from '../../read-resume.ts';
import type { DirectoryEntry, DirectoryPage, ReadPlace, ReadPlan } from '../../source.ts';
import { changesSince, isoOf, later } from '../../watermark.ts';
import type { OktaClient } from '../client/okta-client.ts';
import { followList } from '../client/paging.ts';
import { eventsSince } from './clock.ts';
import {
  allGroupsPath,
  changedGroupsPath,
  existingGroups,
  groupFromList,
  groupsCall,
} from './group-lists.ts';
import { type OktaGroup, oktaGroup } from './group-records.ts';
import { groupDeletions, type LogEvent, membershipChanges, targetsOf } from './log.ts';
import { isToRead, queueMembers, readQueue, readsToKeep } from './member-queue.ts';
import { type GroupsCursor, type GroupsPlace, goneMax, readGroupsCursor, readGroupsPlace } from './places.ts';
import type { RecentEvents } from './recent-events.ts';

export interface GroupsRound {
  okta: OktaClient;
  cursor: string | null;
  plan: ReadPlan;
  place: ReadPlace | null;
  /** Groups that are assigned to the app; empty when the tenant file does not ask for them. */
  assigned: readonly string[];
  recent: RecentEvents;
  /** Hears of all events. */
  onEvents(events: readonly LogEvent[]): void;
}

interface PageAndState {
  page: Pick<DirectoryPage, 'entries' | 'doubts' | 'odd'>;
  state: GroupsPlace;
}

/** One round: all groups or those that changed, the log, and then the members that are to be read. */
export async function* readGroups(read: GroupsRound): AsyncGenerator<DirectoryPage, void, undefined> {
  const { place } = read;
  const cursor = read.cursor === null ? null : readGroupsCursor(read.cursor);
  let state = place === null ? firstPlace(cursor) : readGroupsPlace(place);
  const before = place?.pages ?? 0;
  let pages = before;
  try {
    for (;;) {
      for await (const { page, state: reached } of phaseOf(read, state, cursor, () => pages)) {
        pages += 1;
        state = reached;
        const isEnd = state.phase === 'members' && state.done === state.queue.length;
        const links = isEnd
          ? { next: null, nextCursor: JSON.stringify(cursorAfter(state, cursor)) }
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
  phase: cursor === null ? 'listed' : 'changed',
  next: null,
  at: null,
  seen: cursor?.seen ?? null,
  gone: cursor?.gone ?? [],
  queue: [],
  done: 0,
  members: 0,
  needed: cursor?.needed ?? [],
  reads: cursor?.reads ?? {},
});

function phaseOf(read: GroupsRound, state: GroupsPlace, cursor: GroupsCursor | null, pages: () => number) {
  switch (state.phase) {
    case 'listed':
    case 'changed':
      return listPages(read, state, cursor, pages);
    case 'log':
      return logPages(read, state, cursor);
    case 'members':
      return readQueue(read.okta, state);
  }
}

async function* listPages(
  { okta, plan, assigned }: GroupsRound,
  begun: GroupsPlace,
  cursor: GroupsCursor | null,
  pages: () => number,
): AsyncGenerator<PageAndState, void, undefined> {
  const isNeeded = neededCheck(plan.groups ?? noGroups, [...assigned, ...begun.needed]);
  const path = begun.next ?? (cursor === null ? allGroupsPath : changedGroupsPath(changesSince(cursor)));
  let state = begun;
  for await (const { items, next, sentAtMs } of followList(okta, path, z.unknown(), groupsCall)) {
    const { fitting, odd } = readRecords(items, oktaGroup, pages() + 1);
    const needed = fitting.filter(({ id, profile: { name } }) => isNeeded({ id, name }));
    const at = state.at ?? isoOf(sentAtMs ?? Date.now());
    const following = cursor === null ? 'members' : 'log';
    state = {
      ...queueMembers({ ...state, at, next }, needed, cursor),
      seen: latestOf(fitting, state.seen),
      phase: next === null ? following : state.phase,
    };
    const kept = odd.flatMap(({ objectId }): DirectoryEntry[] =>
      objectId === null ? [] : [{ type: 'group', id: objectId, patch: {} }],
    );
    const entries = [...fitting.map(groupEntry), ...kept];
    yield { page: { entries, doubts: [], ...(odd.length > 0 && { odd }) }, state };
    if (next === null) return;
  }
}

/** Deleted groups, each confirmed by id, and groups whose change of members no list has shown yet. */
async function* logPages(
  { okta, plan, recent, onEvents }: GroupsRound,
  begun: GroupsPlace,
  cursor: GroupsCursor | null,
): AsyncGenerator<PageAndState, void, undefined> {
  const at = begun.at ?? isoOf(Date.now());
  const since = cursor ? eventsSince(cursor) : isoOf(0);
  const events = await recent.read({ since, at, cycle: plan.cycle });
  onEvents(events);
  const asked = targetsOf(events, groupDeletions, 'UserGroup').filter((id) => !begun.gone.includes(id));
  const existing = asked.length === 0 ? [] : await existingGroups(okta, asked);
  const gone = asked.filter((id) => !existing.includes(id));
  const moved = await movedGroups(okta, events, begun, cursor);
  const state: GroupsPlace = {
    ...queueMembers(begun, moved, cursor),
    gone: [...begun.gone, ...gone].slice(-goneMax),
    phase: 'members',
  };
  yield { page: { entries: [...moved.map(groupEntry), ...gone.map(removalOf)], doubts: [] }, state };
}

/** Needed groups with an event after their members were read last, as they are now. */
async function movedGroups(
  okta: OktaClient,
  events: readonly LogEvent[],
  state: GroupsPlace,
  cursor: GroupsCursor | null,
): Promise<OktaGroup[]> {
  const ids = targetsOf(events, membershipChanges, 'UserGroup').filter((id) => {
    const ofGroup = events.filter(({ target }) => target?.some((each) => each.id === id));
    return isToRead(id, ofGroup, state, cursor);
  });
  const groups: OktaGroup[] = [];
  for (const id of ids) {
    const group = await groupFromList(okta, id);
    if (group) groups.push(group);
  }
  return groups;
}

function cursorAfter(state: GroupsPlace, before: GroupsCursor | null): GroupsCursor {
  const at = state.at ?? isoOf(Date.now());
  const { seen, gone, needed } = state;
  const watermark = { at, before: before?.at ?? null, seen };
  const reads = readsToKeep(state.reads, watermark);
  return { version: 2, ...watermark, gone, wholeAt: before?.wholeAt ?? at, needed, reads };
}

const noGroups = { names: [], patterns: [], assigned: false };
const groupEntry = ({ id, profile: { name } }: OktaGroup): DirectoryEntry => ({
  type: 'group',
  id,
  patch: { name },
});
const removalOf = (id: string): DirectoryEntry => ({ type: 'removed', stream: 'groups', id, purged: true });
const latestOf = (groups: readonly OktaGroup[], seen: string | null): string | null =>
  groups.reduce(
    (latest, group) => later(later(latest, group.lastUpdated), group.lastMembershipUpdated),
    seen,
  );
