/** What every directory does with patches: the person that they add up to. */
import type { Person } from '../domain/people/directory.ts';
import type { PersonPatch } from './source.ts';

/** A person of whom only the id is known. Properties that a directory never reports have these values. */
export const unknownPerson = (id: string): Person => ({
  id,
  name: '',
  userPrincipalName: '',
  mail: null,
  proxyAddresses: [],
  enabled: true,
  kind: 'member',
  invitation: null,
  attributes: {},
  managerId: null,
});

/** The person after a patch: an absent key keeps its value, and null clears an attribute. */
export function patchPerson(person: Person, { attributes = {}, ...facts }: PersonPatch): Person {
  const merged: Record<string, string | null> = { ...person.attributes, ...attributes };
  const present = Object.entries(merged).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return { ...person, ...facts, attributes: Object.fromEntries(present) };
}
