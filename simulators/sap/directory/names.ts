/** Names of users and groups, and look-ups by them. */
import { UnknownObjectError } from '../../directory.ts';
import type { SapGroup, SapKind, SapObject, SapUser } from './records.ts';
import { urns } from './schemas.ts';

/** Returns the primary address, else the first one. */
export const addressOf = ({ emails }: SapUser): string | null =>
  (emails.find(({ primary }) => primary) ?? emails[0])?.value ?? null;

/** Returns the department of the enterprise extension. */
export function departmentOf({ attributes }: SapUser): string | null {
  const { department } = (attributes[urns.enterpriseUser] ?? {}) as Record<string, unknown>;
  return typeof department === 'string' ? department : null;
}

const fullName = ({ attributes }: SapUser): string => {
  const { givenName, familyName } = (attributes.name ?? {}) as Record<string, unknown>;
  return [givenName, familyName].filter((part) => typeof part === 'string').join(' ');
};

/** Returns the name that people know an object by. */
export function nameOf(object: SapObject): string {
  const { displayName } = object.attributes;
  if (typeof displayName === 'string') return displayName;
  return object.kind === 'user' ? fullName(object) || (addressOf(object) ?? object.id) : object.id;
}

/** Names by which a user is found: the first kind that fits decides. */
const namesOfUser = (user: SapUser): string[][] => [
  user.emails.map(({ value }) => value),
  [String(user.attributes.userName ?? '')],
  [nameOf(user), fullName(user)],
];
const namesOfGroup = ({ attributes }: SapGroup): string[][] => [
  [String(attributes.displayName)],
  [String((attributes[urns.customGroup] as { name?: string } | undefined)?.name ?? '')],
];

/** Returns the user whom a name fits. `where` says which ones were looked at. */
export const findUser = (name: string, candidates: SapUser[], where: string): SapUser =>
  only(name, 'user', candidates, namesOfUser, where);

export const findGroup = (name: string, candidates: SapGroup[]): SapGroup =>
  only(name, 'group', candidates, namesOfGroup, '');

function only<Item extends SapObject>(
  name: string,
  kind: SapKind,
  candidates: Item[],
  namesOf: (item: Item) => string[][],
  where: string,
): Item {
  const wanted = name.trim().toLowerCase();
  const named = candidates.map((item) => ({ item, names: namesOf(item) }));
  for (let level = 0; level < 3; level += 1) {
    const found = named.filter(({ names }) => names[level]?.some((text) => text.toLowerCase() === wanted));
    if (found.length > 1) {
      const ids = found.map(({ item }) => item.id).join(', ');
      throw new UnknownObjectError(
        `There are ${found.length} of the name "${name}"; name the ${kind} by its id: ${ids}.`,
      );
    }
    if (found[0]) return found[0].item;
  }
  throw new UnknownObjectError(`There is no ${kind} "${name}"${where} in the directory.`);
}
