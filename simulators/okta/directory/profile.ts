/** Profiles: Okta's attribute names for the common properties of people. */
import type { NewPerson } from '../../directory.ts';

/** Okta's names by those of Microsoft Graph. Every other name is Okta's own, or a custom attribute's. */
const attributeNames: Record<string, string> = {
  jobTitle: 'title',
  companyName: 'organization',
  employeeType: 'userType',
  employeeId: 'employeeNumber',
  givenName: 'firstName',
  surname: 'lastName',
  mail: 'email',
  userPrincipalName: 'login',
};

/** Returns properties by Okta's names. */
export const toAttributes = (properties: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [attributeNames[name] ?? name, value]),
  );

/** Returns the profile of a new person. */
export function newProfile(person: NewPerson, mailDomain: string): Record<string, unknown> {
  const { displayName, mail, department, properties = {} } = person;
  const words = displayName.trim().split(/\s+/);
  const login = person.userPrincipalName ?? `${alias(words)}@${mailDomain}`;
  const email = mail === undefined ? login : mail;
  return {
    firstName: words[0] ?? null,
    lastName: words.slice(1).join(' ') || null,
    mobilePhone: null,
    secondEmail: null,
    login,
    ...(email === null ? {} : { email }),
    displayName,
    ...(department === undefined ? {} : { department }),
    ...toAttributes(properties),
  };
}

const alias = (words: string[]) =>
  words
    .join('.')
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '');

/** Sets attributes; null clears one. */
export function changedProfile(
  profile: Record<string, unknown>,
  attributes: Record<string, unknown>,
): Record<string, unknown> {
  const cleared = Object.keys(attributes).filter((name) => attributes[name] === null);
  const merged = { ...profile, ...attributes };
  return Object.fromEntries(Object.entries(merged).filter(([name]) => !cleared.includes(name)));
}
