/** To whom a Timely user belongs before it is matched (docs/reference/rules.md section 3). */
import type { Person } from '../people/directory.ts';
import { type NameRules, nameForTimely, namesAgree } from '../people/names.ts';
import type { PlanIndex } from '../plan/plan-index.ts';
import { foldText } from '../text.ts';
import type { TimelyUser } from '../timely.ts';

/** A person, other than the one to be matched, whom a Timely user belongs or belonged to. */
export interface UserOwner {
  /** Null when only Timely knows of them. */
  personId: string | null;
  name: string;
  /** Whether `name` is Timely's, which may lack characters of the directory's. */
  isTimelyName: boolean;
  hasLeft: boolean;
  isLinked: boolean;
}

interface OwnerContext {
  index: Pick<PlanIndex, 'person' | 'linkOfUser'>;
  /** Whether a person is certainly gone from the directory or out of scope. */
  hasLeft(personId: string): boolean;
}

/**
 * Returns the owner of a user: by the link, else by an external id of the same form as the directory's object ids, which
 * only an earlier invitation of the sync gives. A removed user without either belonged to somebody who left. Returns null
 * when the user is free, or belongs to the person of `personId`.
 */
export function ownerOf(user: TimelyUser, personId: string, context: OwnerContext): UserOwner | null {
  const { index, hasLeft } = context;
  const timelyName = { name: user.name, isTimelyName: true };
  const link = index.linkOfUser(user.id);
  if (link?.personId === personId) return null;
  if (link) {
    const name = index.person(link.personId)?.name ?? link.former?.name;
    const known = name === undefined ? timelyName : { name, isTimelyName: false };
    return { personId: link.personId, ...known, hasLeft: hasLeft(link.personId), isLinked: true };
  }
  const { externalId } = user;
  if (externalId !== null && foldText(externalId) === foldText(personId)) return null;
  if (externalId !== null && formOf(externalId) === formOf(personId)) {
    const person = index.person(externalId) ?? index.person(foldText(externalId));
    if (!person) return { personId: null, ...timelyName, hasLeft: true, isLinked: false };
    const known = { name: person.name, isTimelyName: false };
    return { personId: person.id, ...known, hasLeft: hasLeft(person.id), isLinked: false };
  }
  return user.removed ? { personId: null, ...timelyName, hasLeft: true, isLinked: false } : null;
}

/**
 * Returns the owner of a user whom only an address ties to somebody: a person who left and whom the directory still has with
 * it. Returns null when there is none, and when the user's own name is that of the person to be matched.
 */
export function ownerByAddress(
  user: TimelyUser,
  { id, name }: Pick<Person, 'id' | 'name'>,
  { index, ids }: { index: Pick<PlanIndex, 'person'>; ids: readonly string[] },
): UserOwner | null {
  const holders = ids.flatMap((personId) => (personId === id ? [] : (index.person(personId) ?? [])));
  const names = [user.name, ...holders.map((holder) => holder.name)];
  const [holder] = holders;
  if (!holder || names.some((each) => namesAgree(each, name))) return null;
  return { personId: holder.id, name: holder.name, isTimelyName: false, hasLeft: true, isLinked: false };
}

/** Whether two object ids are of different directories, as far as their forms show. */
export const isOfOtherDirectory = (one: string, other: string): boolean =>
  one !== other && formOf(one) !== formOf(other);

/** The form of an id: a GUID has another one than an employee number. */
const formOf = (id: string) => id.replace(/[\p{L}\p{N}]/gu, 'x');

/** Returns whether a person has the name of a former owner, so that both are the same human. */
export function isNamedLike(
  { name }: Pick<Person, 'name'>,
  email: string,
  owner: UserOwner,
  rules: NameRules,
): boolean {
  if (namesAgree(name, owner.name)) return true;
  return owner.isTimelyName && namesAgree(nameForTimely(name, email, rules).name, owner.name);
}
