/** What a person's addresses say. */

import { foldText } from '../text.ts';
import type { Person } from './directory.ts';

/**
 * What Timely takes for an e-mail address: the domain part in lower case (docs/reference/timely-api.md section 2.4).
 */
const usableAddress = /^[^@\s]+@(?:[-a-z0-9]+\.)+[a-z]{2,}$/;
const primaryAddressPrefix = 'SMTP:';
const externalMarker = '#ext#';

/**
 * Address under which Timely knows the person: `mail`, else the primary SMTP proxy address, else the sign-in name, with
 * the domain part in lower case. For guests the sign-in name stands for the home address behind `#EXT#`. Null when none
 * of them is an address that Timely takes.
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

/** Domain part of an address, in lower case; empty when it has none. */
export const domainOf = (address: string): string => foldText(address.slice(address.lastIndexOf('@') + 1));

/**
 * Domain that vouches for somebody from outside: that of the home address behind `#EXT#`, or of the sign-in name of a
 * guest whose account is the tenant's own. Null for everybody else.
 */
export function homeDomain(person: Person): string | null {
  if (person.kind !== 'guest' && !isExternal(person)) return null;
  return domainOf(signInAddress(person));
}

const isExternal = ({ userPrincipalName }: Pick<Person, 'userPrincipalName'>) =>
  userPrincipalName.toLowerCase().includes(externalMarker);

/** Whether somebody of whom the directory does not say it is a guest: by the mark of an external sign-in name. */
export const kindBySignInName = (userPrincipalName: string): Person['kind'] =>
  isExternal({ userPrincipalName }) ? 'guest' : 'member';

/** `bo_partner.example#EXT#@contoso.example` stands for `bo@partner.example`: a domain has no underscore. */
function signInAddress({ userPrincipalName }: Person): string {
  const end = userPrincipalName.toLowerCase().indexOf(externalMarker);
  if (end === -1) return userPrincipalName;
  const home = userPrincipalName.slice(0, end);
  const separator = home.lastIndexOf('_');
  return separator === -1 ? '' : `${home.slice(0, separator)}@${home.slice(separator + 1)}`;
}

/** Day on which somebody starts, `YYYY-MM-DD`; null when the directory has none. */
export function startDateOf({ attributes }: Person): string | null {
  return /^\d{4}-\d{2}-\d{2}/.exec(attributes.employeeHireDate ?? '')?.[0] ?? null;
}

function normalAddress(address: string): string | null {
  const trimmed = address.trim();
  const at = trimmed.lastIndexOf('@');
  const normal = trimmed.slice(0, at + 1) + trimmed.slice(at + 1).toLowerCase();
  if (!usableAddress.test(normal)) return null;
  // One text for both: verdicts keep an address for each person.
  return normal === address ? address : normal;
}
