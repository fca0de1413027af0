/** What a person's addresses and attributes say. */

import { addressKey, domainKey, usableAddress } from './address.ts';
import type { Person } from './directory.ts';

const primaryAddressPrefix = 'SMTP:';
const externalMarker = '#ext#';

/**
 * Returns the address that identifies the person in Timely: `mail`, else the primary SMTP proxy address, else the sign-in
 * name: the first one that is usable. For guests, the home address in the sign-in name counts. Returns null when none is.
 */
export function emailOf(person: Person): string | null {
  const primary = person.proxyAddresses.find((address) => address.startsWith(primaryAddressPrefix));
  const signIn = signInAddress(person);
  for (const address of [person.mail, primary?.slice(primaryAddressPrefix.length), signIn]) {
    const usable = address ? usableAddress(address) : null;
    if (usable) return usable;
  }
  return null;
}

/** Returns all addresses of a person for comparisons: mail, every proxy address, sign-in name, and a guest's home address. */
export function addressKeysOf(person: Person): string[] {
  const proxies = person.proxyAddresses.map((address) => address.replace(/^[a-z0-9]+:/i, ''));
  const addresses = [person.mail ?? '', ...proxies, person.userPrincipalName, signInAddress(person)];
  return [...new Set(addresses.filter((address) => address.includes('@')).map(addressKey))];
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
export function homeDomain(person: Person): string | null {
  if (person.kind !== 'guest' && !isExternal(person)) return null;
  return domainOf(signInAddress(person));
}

const isExternal = ({ userPrincipalName }: Pick<Person, 'userPrincipalName'>) =>
  userPrincipalName.toLowerCase().includes(externalMarker);

/** Returns the kind of a person when the directory does not state it: an external sign-in name means a guest. */
export const kindBySignInName = (userPrincipalName: string): Person['kind'] =>
  isExternal({ userPrincipalName }) ? 'guest' : 'member';

/** `bo_partner.example#EXT#@contoso.example` means `bo@partner.example`, because a domain has no underscore. */
function signInAddress({ userPrincipalName }: Person): string {
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
