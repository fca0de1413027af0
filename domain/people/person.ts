/** What a person's addresses and attributes say. */

import type { PersonSubject } from '../plan/change.ts';
import type { PlanIndex } from '../plan/plan-index.ts';
import { addressKey, domainKey, matchKey, usableAddress } from './address.ts';
import type { Person } from './directory.ts';

const primaryAddressPrefix = 'SMTP:';
const externalMarker = '#ext#';

/**
 * Returns the address that identifies the person in Timely: `mail`, else the primary SMTP proxy address, else the sign-in
 * name: the first one that is usable. For guests, the home address in the sign-in name counts. Returns null when none is.
 */
export function emailOf(person: Person): string | null {
  const primary = person.proxyAddresses.find((address) => address.startsWith(primaryAddressPrefix));
  return (
    usableAddress(person.mail ?? '') ??
    usableAddress(primary?.slice(primaryAddressPrefix.length) ?? '') ??
    usableAddress(signInAddress(person))
  );
}

/** What of a person, in the directory or deleted, names their addresses. */
type Addressed = Pick<
  Person,
  'mail' | 'proxyAddresses' | 'userPrincipalName' | 'formerAddresses' | 'otherAddresses'
>;

/**
 * Returns all addresses of a person for comparisons: mail, every proxy address, sign-in name, a guest's home address, and those
 * that nobody is matched by.
 */
export function addressKeysOf(person: Addressed): string[] {
  const { mail } = person;
  if (mail !== null && isAddress(mail) && hasOneAddress(person, mail)) return [addressKey(mail)];
  const different = new Set([...addressesOf(person), ...(person.otherAddresses ?? [])]);
  return [...new Set([...different].map(addressKey))];
}

/**
 * Returns all addresses under which Timely may know a person, those that they had before among them, as `matchKey` has them.
 * Unusable ones are left out: they never stand in Timely.
 */
export function matchKeysOf(person: Addressed): string[] {
  const addresses = [...addressesOf(person), ...formerAddressesOf(person)];
  return [...new Set(addresses.filter((address) => usableAddress(address) !== null).map(matchKey))];
}

/** Returns the keys of all addresses but `email` by which others may be related to a person; few people have any. */
export function otherAddressKeysOf(person: Addressed, email: string | null): readonly string[] {
  if (hasOneAddress(person, email)) return none;
  const known = new Set([...addressKeysOf(person), ...formerAddressesOf(person).map(addressKey)]);
  if (email !== null) known.delete(addressKey(email));
  return known.size === 0 ? none : [...known];
}

const none: readonly string[] = [];

/**
 * Returns the keys of all addresses of the person that a change is about: the change's own address, that of the Timely user, and
 * those in the directory, or from before the account was deleted.
 */
export function subjectAddressKeys(
  { personId, timelyId, email }: PersonSubject,
  index: Pick<PlanIndex, 'person' | 'user' | 'linkOfPerson'>,
): string[] {
  const user = timelyId === null ? undefined : index.user(timelyId);
  const person = index.person(personId) ?? index.linkOfPerson(personId)?.former;
  const keys = [...new Set([email, user?.email ?? email])].map(addressKey);
  // Most people have one address everywhere.
  return person && !(keys.length === 1 && hasOneAddress(person, email))
    ? [...keys, ...addressKeysOf(person)]
    : keys;
}

/** Returns whether a person has no address but `email`, without computing any key: so it is with most people. */
export const hasOneAddress = (person: Addressed, email: string | null): boolean =>
  person.mail === email &&
  person.mail === person.userPrincipalName &&
  person.proxyAddresses.every((address) => withoutPrefix(address) === email) &&
  !person.formerAddresses?.length &&
  !person.otherAddresses?.length &&
  !isExternal(person);

function addressesOf(person: Addressed): string[] {
  const addresses = [person.mail ?? '', ...person.proxyAddresses.map(withoutPrefix)];
  return [...addresses, person.userPrincipalName, signInAddress(person)].filter(isAddress);
}

const formerAddressesOf = ({ formerAddresses = [] }: Addressed) =>
  formerAddresses.map(withoutPrefix).filter(isAddress);
const withoutPrefix = (address: string) => address.replace(/^[a-z0-9]+:/i, '');
const isAddress = (text: string) => text.includes('@');

/**
 * Returns the addresses that show who a person is, the one of an invitation first. None that the person or a stranger may
 * have chosen: of people from outside only the home address, and no mail that nobody has verified.
 */
export function provenAddressesOf(person: Person): string[] {
  const home = homeAddress(person);
  const mail = person.isMailUnverified ? null : person.mail;
  const proxies = person.proxyAddresses.filter((address) => /^smtp:/i.test(address)).map(withoutPrefix);
  const all =
    home === null ? [emailOf({ ...person, mail }), mail, ...proxies, person.userPrincipalName] : [home];
  const usable = all.flatMap((address) => (address ? (usableAddress(address) ?? []) : []));
  return [...new Map(usable.map((address) => [addressKey(address), address])).values()];
}

/** Returns `mail` when the person has one that is not usable, so that another address stands in for it; else null. */
export function unusableMail({ mail }: Person): string | null {
  return mail?.trim() && usableAddress(mail) === null ? mail : null;
}

/** Returns the domain of an address for comparisons: in ASCII where it has such a form; empty when it has none. */
export const domainOf = (address: string): string => domainKey(address.slice(address.lastIndexOf('@') + 1));

/**
 * Returns the domain that vouches for an external person: the one of the home address in front of `#EXT#`. For a guest
 * whose account belongs to the tenant itself it is the one of the sign-in name. Returns null for all other people.
 */
export function homeDomain(person: FromOutside): string | null {
  const home = homeAddress(person);
  return home === null ? null : domainOf(home);
}

type FromOutside = Pick<Person, 'kind' | 'userPrincipalName'>;

/** Returns the address that vouches for an external person, likewise: empty when the sign-in name holds none. */
export const homeAddress = (person: FromOutside): string | null =>
  person.kind === 'guest' || isExternal(person) ? signInAddress(person) : null;

/** Returns whether a person comes from outside, so that anyone may have typed their contact address. */
export const isFromOutside = (person: FromOutside): boolean => homeAddress(person) !== null;

/**
 * Returns whether an address is a person's own: always for people of the tenant; for people from outside when the whole
 * address is their home address. `guestDomains` are sets of domains that belong together.
 */
export function isOwnAddress(
  person: FromOutside,
  address: string,
  guestDomains: readonly (readonly string[])[],
): boolean {
  const home = homeAddress(person);
  if (home === null) return true;
  const [own, given] = [partsOf(home), partsOf(address)];
  if (own.local === '' || own.local !== given.local) return false;
  if (own.domain === given.domain) return true;
  return guestDomains.some((domains) => {
    const keys = domains.map(domainKey);
    return keys.includes(own.domain) && keys.includes(given.domain);
  });
}

function partsOf(address: string) {
  const key = matchKey(address);
  const at = key.lastIndexOf('@');
  return { local: key.slice(0, Math.max(at, 0)), domain: domainKey(key.slice(at + 1)) };
}

const isExternal = ({ userPrincipalName }: Pick<Person, 'userPrincipalName'>) =>
  userPrincipalName.toLowerCase().includes(externalMarker);

/** Returns the kind of a person when the directory does not state it: an external sign-in name means a guest. */
export const kindBySignInName = (userPrincipalName: string): Person['kind'] =>
  isExternal({ userPrincipalName }) ? 'guest' : 'member';

/** `bo_partner.example#EXT#@contoso.example` means `bo@partner.example`, because a domain has no underscore. */
function signInAddress({ userPrincipalName }: Pick<Person, 'userPrincipalName'>): string {
  // "İ" is longer in small letters: no index into them.
  const end = userPrincipalName.search(/#ext#/i);
  if (end === -1) return userPrincipalName;
  const home = userPrincipalName.slice(0, end);
  const separator = home.lastIndexOf('_');
  return separator === -1 ? '' : `${home.slice(0, separator)}@${home.slice(separator + 1)}`;
}

/** Returns the person's first working day, `YYYY-MM-DD`; null when the directory has none. */
export function startDateOf({ attributes }: Person): string | null {
  return /^\d{4}-\d{2}-\d{2}/.exec(attributes.employeeHireDate ?? '')?.[0] ?? null;
}
