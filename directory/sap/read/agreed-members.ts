/** The members of a group, as far as the group and its members agree about them. */
import { formatCount } from '../../../domain/text.ts';
import type { SapClient } from '../client/sap-client.ts';
import { membersMax, membersOf, type SapGroup, type SapMember } from './group-records.ts';
import type { GroupsBelow } from './groups-below.ts';
import { groupById, peopleById } from './objects-by-id.ts';
import type { SapUser } from './people.ts';
import { saysMember, type Witness } from './witness.ts';

/** People who join or leave during a read differ, and each is asked about. No more than this move at once. */
const askedMax = 100;

interface Agreement {
  members: SapMember[];
  /** Why the members prove nothing; null when they do. */
  doubt: string | null;
}

/** Compares the groups of one round with a witness; without one, groups alone say who is in them. */
export class AgreedMembers {
  readonly #sap: SapClient;
  readonly #groupsBelow: GroupsBelow;
  readonly #witness: Witness | null;
  #asked = 0;

  constructor(sap: SapClient, groupsBelow: GroupsBelow, witness: Witness | null) {
    this.#sap = sap;
    this.#groupsBelow = groupsBelow;
    this.#witness = witness;
  }

  async of(group: SapGroup): Promise<Agreement> {
    const members = membersOf(group);
    if (members.length >= membersMax)
      return {
        members,
        doubt: `a group shows ${members.length} members, and SAP never shows more: others may be missing`,
      };
    const differing = this.#differing(group.id, members);
    if (differing.length === 0) return { members, doubt: null };
    this.#asked += differing.length;
    if (this.#asked > askedMax) return { members, doubt: disagreement(this.#asked) };
    return await this.#recheck(group.id, differing);
  }

  #differing(groupId: string, members: readonly SapMember[]): string[] {
    if (this.#witness === null) return [];
    const { people } = this.#witness;
    const listed = new Set(members.map(({ id }) => id));
    const saying = this.#witness.membersOf(groupId);
    const missing = [...saying].filter((id) => !listed.has(id));
    const extra = members.filter(({ id, kind }) => kind === 'user' && people.has(id) && !saying.has(id));
    return [...missing, ...extra.map(({ id }) => id)];
  }

  /** Asks both sides again: people may have joined or left since the witness was heard. */
  async #recheck(groupId: string, differing: readonly string[]): Promise<Agreement> {
    const users = await peopleById(this.#sap, differing);
    const group = await groupById(this.#sap, groupId);
    const members = group ? membersOf(group) : [];
    const listed = new Set(members.map(({ id }) => id));
    let doubtful = 0;
    for (const [index, id] of differing.entries()) {
      const user: SapUser | null = users[index] ?? null;
      const says = user !== null && saysMember(user, groupId);
      // A person without a record has no groups, and will soon be in no list of members.
      if (says === listed.has(id) || user === null) continue;
      if (says && (await this.#groupsBelow.below(groupId)).people.has(id)) continue;
      doubtful += 1;
    }
    return { members, doubt: doubtful === 0 ? null : disagreement(doubtful) };
  }
}

const disagreement = (people: number): string =>
  `${formatCount(people, 'person', 'people')} and the groups that list them do not agree about who is a member`;
