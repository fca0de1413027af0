/** What users say about their own groups: a second witness for the members of groups (docs/reference/sap.md section 4). */
import type { Membership } from '../../../domain/people/directory.ts';
import { readScimList } from '../../scim/list-pages.ts';
import { firstStartId } from '../../scim/list-place.ts';
import type { SapClient } from '../client/sap-client.ts';
import { peopleById } from './objects-by-id.ts';
import { type SapUser, sapUser } from './people.ts';
import { usersList } from './users.ts';

/** More groups of a user do not come at once (docs/reference/okta-and-sap.md section 2.2). */
const userGroupsMax = 1_000;
/** Reading more people one by one costs more than the pages of a list. */
const pointReadsMax = 100;
/** The users of an older read say too little about the groups of now. */
const ageMaxMs = 30 * 60_000;

/** All people of a list, and the groups that each of them names. */
export class Witness {
  readonly people = new Set<string>();
  readonly #membersOf = new Map<string, Set<string>>();
  readonly #begunMs = performance.now();
  #nextId: string | null = firstStartId;
  #isBroken = false;

  /** Takes the users of one page. */
  take(users: readonly SapUser[], { startId, nextId }: { startId: string; nextId: string | null }): void {
    if (startId !== this.#nextId) this.#isBroken = true;
    this.#nextId = nextId;
    for (const { id, groups } of users) {
      this.people.add(id);
      for (const { value } of groups ?? []) {
        const members = this.#membersOf.get(value) ?? new Set();
        this.#membersOf.set(value, members.add(id));
      }
    }
  }

  /** Whether it has taken all pages, without a gap, and not long ago. */
  get isWhole(): boolean {
    return !this.#isBroken && this.#nextId === null && performance.now() - this.#begunMs < ageMaxMs;
  }

  /** People who say that they are direct members of a group. */
  membersOf(groupId: string): ReadonlySet<string> {
    return this.#membersOf.get(groupId) ?? none;
  }
}

const none: ReadonlySet<string> = new Set();

/** Whether a user is a direct member of a group by their own record, which may be cut off. */
export const saysMember = ({ groups }: SapUser, groupId: string): boolean =>
  (groups ?? []).some(({ value }) => value === groupId) || isCutOff({ groups });

const isCutOff = ({ groups }: Pick<SapUser, 'groups'>) => (groups?.length ?? 0) >= userGroupsMax;

/** Reads all users again, for their groups alone. */
export async function readWitness(sap: SapClient): Promise<Witness> {
  let witness = new Witness();
  for await (const { startId, resources, next } of readScimList(sap, usersList)) {
    if (startId === firstStartId) witness = new Witness();
    const users = resources.flatMap((resource) => sapUser.safeParse(resource).data ?? []);
    witness.take(users, { startId, nextId: next?.startId ?? null });
  }
  return witness;
}

/** Which of these memberships of people exist by what the people themselves say. Who is in no list is asked by id. */
export async function membershipsByPeople(
  sap: SapClient,
  asked: readonly Membership[],
): Promise<Membership[]> {
  const ids = [...new Set(asked.map(({ memberId }) => memberId))];
  const witness = ids.length > pointReadsMax ? await readWitness(sap) : null;
  const unlisted = ids.filter((id) => !witness?.people.has(id));
  const users = new Map((await peopleById(sap, unlisted)).map((user, index) => [unlisted[index], user]));
  return asked.filter(({ groupId, memberId }) => {
    const user = users.get(memberId);
    return user ? saysMember(user, groupId) : (witness?.membersOf(groupId).has(memberId) ?? false);
  });
}
