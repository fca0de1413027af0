/**
 * Properties of users and groups that the simulated Graph knows (docs/reference/microsoft-graph.md sections 2.1 and 3).
 */
import type { DirectoryObject, ObjectKind } from './objects.ts';

const defaultUserProperties = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
];
const optionalUserProperties = [
  'accountEnabled',
  'ageGroup',
  'assignedLicenses',
  'city',
  'companyName',
  'country',
  'createdDateTime',
  'creationType',
  'deletedDateTime',
  'department',
  'employeeHireDate',
  'employeeId',
  'employeeLeaveDateTime',
  'employeeOrgData',
  'employeeType',
  'externalUserState',
  'externalUserStateChangeDateTime',
  'faxNumber',
  'identities',
  'isManagementRestricted',
  'isResourceAccount',
  'lastPasswordChangeDateTime',
  'mailNickname',
  'onPremisesDistinguishedName',
  'onPremisesDomainName',
  'onPremisesExtensionAttributes',
  'onPremisesImmutableId',
  'onPremisesSamAccountName',
  'onPremisesSyncEnabled',
  'onPremisesUserPrincipalName',
  'otherMails',
  'postalCode',
  'proxyAddresses',
  'securityIdentifier',
  'state',
  'streetAddress',
  'usageLocation',
  'userType',
];
const defaultGroupProperties = [
  'classification',
  'createdDateTime',
  'deletedDateTime',
  'description',
  'displayName',
  'groupTypes',
  'isAssignableToRole',
  'mail',
  'mailEnabled',
  'mailNickname',
  'membershipRule',
  'onPremisesSyncEnabled',
  'proxyAddresses',
  'renewedDateTime',
  'securityEnabled',
  'securityIdentifier',
  'visibility',
];

/** Properties of a response without `$select`. */
export const defaultProperties: Record<ObjectKind, string[]> = {
  user: defaultUserProperties,
  group: defaultGroupProperties,
};

const known: Record<ObjectKind, ReadonlySet<string>> = {
  user: new Set(['id', ...defaultUserProperties, ...optionalUserProperties]),
  group: new Set(['id', ...defaultGroupProperties]),
};

/** Returns whether `$select` may name a property. */
export const isProperty = (kind: ObjectKind, name: string): boolean =>
  known[kind].has(name) || (kind === 'user' && directoryExtension.test(name));

/** An extension that some application has registered. */
const directoryExtension = /^extension_[0-9a-f]{32}_\w+$/i;

const collections = new Set([
  'assignedLicenses',
  'businessPhones',
  'groupTypes',
  'identities',
  'otherMails',
  'proxyAddresses',
]);

/** Returns the type of an object: its own when it has one, such as an AI agent, else that of its kind. */
export const typeOf = ({ kind, properties }: DirectoryObject): string =>
  typeof properties['@odata.type'] === 'string' ? properties['@odata.type'] : `#microsoft.graph.${kind}`;

/** Returns the type as entries of lists show it: only when it is derived from that of the kind. */
export const derivedType = ({ properties }: DirectoryObject): Record<string, unknown> =>
  typeof properties['@odata.type'] === 'string' ? { '@odata.type': properties['@odata.type'] } : {};

/** Returns an object as reads other than delta show it: unset properties are null, unset collections empty. */
export function shape(object: DirectoryObject, select: string[]): Record<string, unknown> {
  const shown: Record<string, unknown> = { ...derivedType(object), id: object.id };
  for (const name of select) {
    if (name === 'id') continue;
    if (name === 'deletedDateTime') shown[name] = object.deletedDateTime;
    else shown[name] = object.properties[name] ?? (collections.has(name) ? [] : null);
  }
  return shown;
}
