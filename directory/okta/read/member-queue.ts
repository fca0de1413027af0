/** The groups of a round whose members are read, one after the other, and what of that is not read again. */

import { inParallel } from '../../in-parallel.ts';
import type { DirectoryEntry, DirectoryPage } from '../../source.ts';
import { changesSince, type Watermark } from '../../watermark.ts';
import type { OktaClient } from '../client/okta-client.ts';
import { eventsSince } from './clock.ts';
import { countOf, type OktaGroup } from './group-records.ts';
import type { LogEvent } from './log.ts';
import { countNow, memberPages, shortfall, wholeMembers } from './members.ts';
import type { GroupsCursor, GroupsPlace, MemberRead, QueuedGroup } from './places.ts';

/** Lists of members may lag this far behind what the group says of their last change. */
const settledMs = 120_000;
/** Small groups are read at once, up to `groupsAtOnce` of them, and make one page. */
const smallGroupMax = 200;
const groupsAtOnce = 8;

interface PageAndPlace {
  page: Pick<DirectoryPage, 'entries' | 'doubts'>;
  state: GroupsPlace;
}

/** Adds groups to the queue whose members may have changed since they were read. */
export function queueMembers(
  state: GroupsPlace,
  groups: readonly OktaGroup[],
  cursor: GroupsCursor | null,
): GroupsPlace {
  const queued = new Set(state.queue.map(({ id }) => id));
  const added = groups
    .filter((group) => !queued.has(group.id) && (cursor === null || mayHaveChanged(group, state, cursor)))
    .map((group) => ({
      id: group.id,
      count: countOf(group),
      changed: group.lastMembershipUpdated ?? null,
    }));
  const needed = [...new Set([...state.needed, ...groups.map(({ id }) => id)])];
  return { ...state, queue: [...state.queue, ...added], needed };
}

function mayHaveChanged(
  group: OktaGroup,
  { reads, needed }: GroupsPlace,
  { wholeAt }: GroupsCursor,
): boolean {
  const changed = group.lastMembershipUpdated ?? null;
  if (changed === null || !needed.includes(group.id)) return true;
  const read = reads[group.id];
  const readAt = Date.parse(read?.at ?? wholeAt);
  if (readAt - Date.parse(changed) < settledMs) return true;
  const count = countOf(group);
  return read !== undefined && count !== null && count !== read.count;
}

/** Whether events of a group are later than the last read of its members. */
export function isToRead(
  id: string,
  events: readonly LogEvent[],
  { needed, queue, reads }: GroupsPlace,
  cursor: GroupsCursor | null,
): boolean {
  if (!needed.includes(id) || queue.some((group) => group.id === id)) return false;
  const readAt = Date.parse(reads[id]?.at ?? cursor?.wholeAt ?? '');
  // An event without a readable moment counts as new.
  return events.some(({ published }) => !(Date.parse(published) <= readAt));
}

/** Reads the members of the groups in the queue that are not done. */
export async function* readQueue(
  okta: OktaClient,
  begun: GroupsPlace,
): AsyncGenerator<PageAndPlace, void, undefined> {
  let state = begun;
  // A round without a group to read ends with an empty page.
  if (state.done === state.queue.length) yield { page: { entries: [], doubts: [] }, state };
  while (state.done < state.queue.length) {
    const small = state.next === null ? smallGroups(state.queue.slice(state.done)) : [];
    if (small.length > 0) {
      const together = await readTogether(okta, small, state);
      state = together.state;
      yield together;
      continue;
    }
    for await (const part of readInPages(okta, state)) {
      state = part.state;
      yield part;
    }
  }
}

function smallGroups(queue: readonly QueuedGroup[]): QueuedGroup[] {
  const end = queue.findIndex(({ count }) => count === null || count > smallGroupMax);
  return queue.slice(0, Math.min(end === -1 ? queue.length : end, groupsAtOnce));
}

async function readTogether(
  okta: OktaClient,
  groups: readonly QueuedGroup[],
  state: GroupsPlace,
): Promise<PageAndPlace> {
  const lists = await inParallel(groups, (group) => wholeMembers(okta, group), groupsAtOnce);
  const entries: DirectoryEntry[] = [];
  const reads = { ...state.reads };
  for (const [index, group] of groups.entries()) {
    const list = lists[index] ?? null;
    if (list === null) {
      entries.push({ type: 'removed', stream: 'groups', id: group.id, purged: true });
      continue;
    }
    entries.push(...memberEntries(group.id, list.ids), { type: 'allMembers', groupId: group.id });
    reads[group.id] = readOf(group, list.ids.length, state);
  }
  const doubts = lists.flatMap((list) => list?.doubt ?? []);
  return { page: { entries, doubts }, state: { ...state, reads, done: state.done + groups.length } };
}

/** A group of many pages: each is a page of the round, from which another attempt goes on. */
async function* readInPages(
  okta: OktaClient,
  begun: GroupsPlace,
): AsyncGenerator<PageAndPlace, void, undefined> {
  const group = begun.queue[begun.done];
  if (group === undefined) return;
  let state = begun;
  const seen = new Set<string>();
  for await (const { items, next } of memberPages(okta, group.id, begun.next)) {
    for (const { id } of items) seen.add(id);
    const entries = memberEntries(
      group.id,
      items.map(({ id }) => id),
    );
    const members = begun.members + seen.size;
    if (next !== null) {
      state = { ...state, next, members };
      yield { page: { entries, doubts: [] }, state };
      continue;
    }
    const isShort = members < (group.count ?? 0);
    const doubt = isShort ? shortfall(members, await countNow(okta, group.id)) : null;
    const reads = { ...state.reads, [group.id]: readOf(group, members, state) };
    state = { ...state, next: null, members: 0, done: state.done + 1, reads };
    entries.push({ type: 'allMembers', groupId: group.id });
    yield { page: { entries, doubts: doubt === null ? [] : [doubt] }, state };
    return;
  }
}

const readOf = ({ changed }: QueuedGroup, count: number, { at }: GroupsPlace): MemberRead => ({
  at: at ?? new Date().toISOString(),
  count,
  changed,
});

const memberEntries = (groupId: string, ids: readonly string[]): DirectoryEntry[] =>
  ids.map((memberId) => ({ type: 'member', groupId, memberId, memberKind: 'user', removed: false }));

/** The reads that the overlaps of the next round may ask about. */
export function readsToKeep(reads: GroupsPlace['reads'], watermark: Watermark): GroupsPlace['reads'] {
  const [lists, log] = [Date.parse(changesSince(watermark)), Date.parse(eventsSince(watermark))];
  const isKept = ({ at, changed }: MemberRead) =>
    Date.parse(at) >= log || (changed !== null && Date.parse(changed) > lists);
  return Object.fromEntries(Object.entries(reads).filter(([, read]) => isKept(read)));
}
