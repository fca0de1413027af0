import { createHash } from 'node:crypto';
import { ConfigurationError } from '../../../domain/errors.ts';
import { extensionAttributesProperty, isExtensionAttribute } from '../../../domain/people/attributes.ts';
import type { DirectoryStream, ReadPlan } from '../../source.ts';

/**
 * Attributes that every read includes: rules often use them (tenant file, `where` and `department`), and the hire date
 * orders the people who wait for a seat.
 */
const commonAttributes = [
  'department',
  'jobTitle',
  'companyName',
  'employeeType',
  'employeeId',
  'employeeHireDate',
  'officeLocation',
] as const;

const personProperties = [
  'id',
  'displayName',
  'userPrincipalName',
  'mail',
  'proxyAddresses',
  'accountEnabled',
  'userType',
  'externalUserState',
] as const;

/**
 * Stored outside Entra ID's main store, so delta never reports a change of them
 * (docs/reference/microsoft-graph.md section 1.2).
 */
const untracked = new Set([
  'signInActivity',
  'cloudLicensing',
  'mailboxSettings',
  'deviceEnrollmentLimit',
  'print',
  'aboutMe',
  'birthday',
  'hireDate',
  'interests',
  'mySite',
  'pastProjects',
  'preferredName',
  'responsibilities',
  'schools',
  'skills',
]);

/** Names of the attributes that a read includes: the common ones and those of `where` rules. */
export function attributeNames(plan: ReadPlan): string[] {
  return [...new Set([...commonAttributes, ...plan.attributes])];
}

/**
 * The `$select` of people, without navigation properties.
 * @throws ConfigurationError for an attribute that is not the name of a property or cannot be tracked
 */
export function personSelect(plan: ReadPlan): string[] {
  const bad = plan.attributes.find((name) => !/^[a-zA-Z]\w*$/.test(name) || untracked.has(name));
  if (bad !== undefined) {
    throw new ConfigurationError(`A \`where\` rule names "${bad}", which Entra ID cannot track.`, {
      remedy: 'Name a user property of Microsoft Graph that Entra ID itself stores, such as employeeType.',
    });
  }
  const attributes = attributeNames(plan).map((name) =>
    isExtensionAttribute(name) ? extensionAttributesProperty : name,
  );
  return [...new Set([...personProperties, ...attributes])];
}

/** Path of a stream's first request. The properties it selects are the ones tracked from then on. */
export function firstRequest(stream: DirectoryStream, plan: ReadPlan): string {
  const selected =
    stream === 'users'
      ? [...personSelect(plan), ...(plan.managers ? ['manager'] : [])]
      : ['id', 'displayName', 'visibility', 'members'];
  return `/${stream}/delta?$select=${selected.join(',')}`;
}

/**
 * A digest of what is fixed in a cursor: its origin and the properties it tracks
 * (docs/reference/microsoft-graph.md section 12, trap 16). It does not depend on the order of a plan's attributes.
 */
export function cursorScope(graphOrigin: string, tenantId: string, plan: ReadPlan): string {
  const sorted = { ...plan, attributes: plan.attributes.toSorted() };
  const parts = [graphOrigin, tenantId, firstRequest('users', sorted), firstRequest('groups', sorted)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
