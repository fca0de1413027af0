/** The groups of a round whose members are read, and the groups that turn up in them. */
import { inParallel } from '../../in-parallel.ts';
import type { DirectoryEntry, DirectoryPage } from '../../source.ts';
import type { SapClient } from '../client/sap-client.ts';
import { AgreedMembers } from './agreed-members.ts';
import { memberReadOf, type SapGroup, type SapMember } from './group-records.ts';
import type { GroupsBelow } from './groups-below.ts';
import { groupById } from './objects-by-id.ts';
import type { GroupsPlace } from './places.ts';
import type { Witness } from './witness.ts';

/** Groups of one page, so that an interrupted read repeats few requests. */
const groupsAtOnce = 8;

export interface QueueRound {
  sap: SapClient;
  groupsBelow: GroupsBelow;
  /** A whole round is compared with what people say about their groups. */
  isWhole: boolean;
  witness(): Promise<Witness>;
  nameOf(group: SapGroup): string;
}

interface PageAndPlace {
  page: Pick<DirectoryPage, 'entries' | 'doubts'>;
  state: GroupsPlace;
}

/** Reads the members of the groups in the queue that are not done. */
export async function* readQueue(
  { sap, groupsBelow, isWhole, witness, nameOf }: QueueRound,
  begun: GroupsPlace,
): AsyncGenerator<PageAndPlace, void, undefined> {
  let state = begun;
  // A round without a group to read ends with an empty page.
  if (state.done === state.queue.length) yield { page: { entries: [], doubts: [] }, state };
  if (state.done === state.queue.length) return;
  groupsBelow.forget();
  const agreed = new AgreedMembers(sap, groupsBelow, isWhole ? await witness() : null);
  while (state.done < state.queue.length) {
    const ids = state.queue.slice(state.done, state.done + groupsAtOnce);
    const groups = await inParallel(ids, (id) => groupById(sap, id));
    const entries: DirectoryEntry[] = [];
    const doubts: string[] = [];
    const queue = new Set(state.queue);
    const reads = { ...state.reads };
    for (const [index, id] of ids.entries()) {
      const group = groups[index] ?? null;
      if (group === null) {
        delete reads[id];
        entries.push({ type: 'removed', stream: 'groups', id, purged: true });
        continue;
      }
      const { members, doubt } = await agreed.of(group);
      if (doubt !== null) doubts.push(doubt);
      entries.push({ type: 'group', id, patch: { name: nameOf(group) } });
      entries.push(...members.map((member) => memberEntry(id, member)), { type: 'allMembers', groupId: id });
      reads[id] = memberReadOf(group, Date.parse(state.at ?? ''), isWhole ? null : state.reads[id]);
      for (const member of members)
        if (member.kind === 'group' && isUnread(member, reads)) queue.add(member.id);
    }
    state = { ...state, queue: [...queue], reads, done: state.done + ids.length };
    yield { page: { entries, doubts }, state };
  }
}

/** A nested group whose members are not known. In a whole round none are, at first. */
const isUnread = ({ id }: SapMember, reads: GroupsPlace['reads']): boolean => reads[id] === undefined;

const memberEntry = (groupId: string, { id, kind }: SapMember): DirectoryEntry => ({
  type: 'member',
  groupId,
  memberId: id,
  memberKind: kind,
  removed: false,
});
