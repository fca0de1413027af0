/** What a person's addresses and attributes say. */

import { foldText } from '../text.ts';
import type { Person } from './directory.ts';

/**
 * An e-mail address that Timely accepts: its domain is in lower case (docs/reference/timely-api.md section 2.4).
 */
const usableAddress = /^[^@\s]+@(?:[-a-z0-9]+\.)+[a-z]{2,}$/;
const primaryAddressPrefix = 'SMTP:';
const externalMarker = '#ext#';

/**
 * Returns the address that identifies the person in Timely: `mail`, else the primary SMTP proxy address, else the sign-in
 * name. Its domain is in lower case. For guests, the home address in the sign-in name counts. Returns null when Timely
 * accepts none of them.
 */
export function emailOf(person: Person): string | null {
  const primary = person.proxyAddresses.find((address) => address.startsWith(primaryAddressPrefix));
  const signIn = signInAddress(person);
  for (const address of [person.mail, primary?.slice(primaryAddressPrefix.length), signIn]) {
    const usable = address ? normalAddress(address) : null;
    if (usable) return usable;
  }
  return null;
}

/** Returns the domain of an address, in lower case; empty when it has none. */
export const domainOf = (address: string): string => foldText(address.slice(address.lastIndexOf('@') + 1));

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

function normalAddress(address: string): string | null {
  const trimmed = address.trim();
  const at = trimmed.lastIndexOf('@');
  const normal = trimmed.slice(0, at + 1) + trimmed.slice(at + 1).toLowerCase();
  if (!usableAddress.test(normal)) return null;
  // Returning the same string saves memory: verdicts keep one address per person.
  return normal === address ? address : normal;
}
