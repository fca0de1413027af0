/** The answers that stand in the addresses of pages: people copy those from their browser. */
import { isGuid } from '../../domain/text.ts';

/** A host or a domain with a dot. */
export const isDomain = (text: string): boolean =>
  text.length <= 253 && /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(text);

const isAddress = (text: string) => /^https?:\/\//i.test(text) && URL.canParse(text);

/** The parts of an address behind the host, those of the fragment too, because Microsoft's portals route by it. */
const partsOf = (address: string): string[] =>
  address
    .slice(address.indexOf('//') + 2)
    .split(/[/?#&=]/)
    .slice(1)
    .map((part) => decoded(part).replace(/^@/, ''));

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * A GUID or a domain of Entra ID. In an address of a portal it follows `tenantId` or `ctid`, is the part with the `@`, or is
 * the first part: `https://entra.microsoft.com/contoso.onmicrosoft.com/…`.
 */
export function directoryName(text: string): string {
  if (!isAddress(text)) return text;
  const parts = partsOf(text);
  const after = parts.findIndex((part) => /^(?:tenantId|ctid|tid)$/i.test(part)) + 1;
  const named = after > 0 ? parts[after] : undefined;
  const isName = (part = '') => isGuid(part) || isDomain(part);
  if (named !== undefined && isName(named)) return named;
  const marked = /[#/]@([a-z0-9.-]+)/i.exec(text)?.[1];
  if (marked !== undefined && isName(marked)) return marked;
  return parts.find(isName) ?? text;
}

/** The GUID behind `appId` or `clientId` of a portal's address, or the only one there. */
export function applicationId(text: string): string {
  if (!isAddress(text)) return text;
  const parts = partsOf(text);
  const after = parts.findIndex((part) => /^(?:appId|clientId|applicationId)$/i.test(part)) + 1;
  const named = after > 0 ? (parts[after] ?? '') : '';
  const only = parts.filter(isGuid);
  if (isGuid(named)) return named;
  return only.length === 1 && only[0] !== undefined ? only[0] : text;
}

/** The host of an address. Okta's admin console has a host of its own beside the org's. */
export function serviceHost(text: string): string {
  const host = isAddress(text) ? new URL(text).hostname : (text.split('/')[0] ?? '');
  return host.toLowerCase().replace(/^([a-z0-9-]+)-admin(\.(?:okta|oktapreview|okta-emea)\.com)$/, '$1$2');
}

/** The number that stands first in the path of an address of Timely: `https://app.timelyapp.com/987654/calendar`. */
export function accountNumber(text: string): string {
  if (!isAddress(text)) return text;
  return partsOf(text).find((part) => /^[1-9]\d{0,14}$/.test(part)) ?? text;
}
