/** Sets attributes of a user by the names that people use for them. */
import { isRecord } from '../../simulated-response.ts';
import type { SapEmail, SapStatus, SapUser } from './records.ts';
import { extensionOf, isCustomAttribute, urns } from './schemas.ts';

const statuses: readonly unknown[] = ['active', 'inactive', 'new'] satisfies SapStatus[];
const isStatus = (value: unknown): value is SapStatus => statuses.includes(value);

/** Names of Microsoft Graph, in which the company is written, where SAP has another one. */
const sapNames: Record<string, string> = {
  jobTitle: 'title',
  companyName: 'organization',
  employeeId: 'employeeNumber',
  userPrincipalName: 'userName',
};
/** Kinds of people in Graph; `userType` says it in SAP. */
const foreignNames = ['employeeType'];

/**
 * Sets an attribute; null takes it away. `status` and `emails` are the user's own; `department` and the like go to their
 * extension, `customAttribute1` to the list of the old custom extension, and `urn:…:User:name` to a customer's extension.
 */
export function setUserAttribute(user: SapUser, givenName: string, value: unknown): void {
  const name = sapNames[givenName] ?? givenName;
  if (foreignNames.includes(name)) return;
  if (name === 'accountEnabled') user.status = value === true ? 'active' : 'inactive';
  else if (name === 'mail')
    user.emails = typeof value === 'string' ? [{ value, primary: true, verified: true }] : [];
  else if (name === 'status' && isStatus(value)) user.status = value;
  else if (name === 'emails') user.emails = Array.isArray(value) ? value.filter(isRecord).map(asEmail) : [];
  else if (isCustomAttribute(name)) setCustomAttribute(user, name, value);
  else {
    const { holder, key } = placeOf(user, name);
    if (value === null) delete holder[key];
    else holder[key] = value;
  }
  dropEmptyExtensions(user);
}

function placeOf(user: SapUser, name: string): { holder: Record<string, unknown>; key: string } {
  const extension = name.startsWith('urn:') ? name.slice(0, name.lastIndexOf(':')) : extensionOf(name);
  if (extension === null) return { holder: user.attributes, key: name };
  return { holder: extensionIn(user, extension), key: name.slice(name.lastIndexOf(':') + 1) };
}

function extensionIn({ attributes }: SapUser, extension: string): Record<string, unknown> {
  const known = attributes[extension];
  if (isRecord(known)) return known;
  const made: Record<string, unknown> = {};
  attributes[extension] = made;
  return made;
}

/** Returns an e-mail of a request or an edit: verified unless it says otherwise. */
export function asEmail({ value, type, display, primary, verified }: Record<string, unknown>): SapEmail {
  return {
    value: String(value),
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof display === 'string' ? { display } : {}),
    ...(typeof primary === 'boolean' ? { primary } : {}),
    verified: verified !== false,
  };
}

function setCustomAttribute(user: SapUser, name: string, value: unknown): void {
  const extension = extensionIn(user, urns.customUser);
  const list = Array.isArray(extension.attributes) ? extension.attributes.filter(isRecord) : [];
  const others = list.filter((entry) => entry.name !== name);
  extension.attributes = value === null ? others : [...others, { name, value }];
}

function dropEmptyExtensions({ attributes }: SapUser): void {
  for (const [name, content] of Object.entries(attributes)) {
    if (!name.startsWith('urn:') || name === urns.sapUser || !isRecord(content)) continue;
    const isEmpty = Object.values(content).every((value) => Array.isArray(value) && value.length === 0);
    if (isEmpty) delete attributes[name];
  }
}
