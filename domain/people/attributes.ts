/** The attributes that `where` may name: user properties of Microsoft Graph (docs/reference/microsoft-graph.md section 3). */

/** Properties that are a text, a number, a truth value, a date, or a list of texts. */
export const userAttributes = [
  'aboutMe',
  'accountEnabled',
  'ageGroup',
  'birthday',
  'businessPhones',
  'city',
  'companyName',
  'consentProvidedForMinor',
  'country',
  'createdDateTime',
  'creationType',
  'department',
  'deviceEnrollmentLimit',
  'displayName',
  'employeeHireDate',
  'employeeId',
  'employeeLeaveDateTime',
  'employeeType',
  'externalUserState',
  'externalUserStateChangeDateTime',
  'faxNumber',
  'givenName',
  'hireDate',
  'id',
  'imAddresses',
  'interests',
  'isManagementRestricted',
  'isResourceAccount',
  'jobTitle',
  'lastPasswordChangeDateTime',
  'legalAgeGroupClassification',
  'mail',
  'mailNickname',
  'mobilePhone',
  'mySite',
  'officeLocation',
  'onPremisesDistinguishedName',
  'onPremisesDomainName',
  'onPremisesImmutableId',
  'onPremisesLastSyncDateTime',
  'onPremisesSamAccountName',
  'onPremisesSecurityIdentifier',
  'onPremisesSyncEnabled',
  'onPremisesUserPrincipalName',
  'otherMails',
  'passwordPolicies',
  'pastProjects',
  'postalCode',
  'preferredDataLocation',
  'preferredLanguage',
  'preferredName',
  'proxyAddresses',
  'responsibilities',
  'schools',
  'securityIdentifier',
  'showInAddressList',
  'signInSessionsValidFromDateTime',
  'skills',
  'state',
  'streetAddress',
  'surname',
  'usageLocation',
  'userPrincipalName',
  'userType',
] as const;

/** The property of a user that holds `extensionAttribute1` to `extensionAttribute15`. */
export const extensionAttributesProperty = 'onPremisesExtensionAttributes';

export const extensionAttributes = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`);

const names = new Map([...userAttributes, ...extensionAttributes].map((name) => [name.toLowerCase(), name]));
const directoryExtension = /^extension_([0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12})_(\w+)$/i;

/**
 * Returns the name of an attribute as the sync reads it, for any letter case; null when there is none. Besides properties
 * of a user these are `extensionAttribute1` to `15`, also with `onPremisesExtensionAttributes` in front, and directory
 * extensions, `extension_<appId>_<name>`.
 */
export function attributeNamed(name: string): string | null {
  const plain = name.trim().replace(/^onPremisesExtensionAttributes[./_]/i, '');
  const known = names.get(plain.toLowerCase());
  if (known !== undefined) return known;
  const [, appId, extension] = directoryExtension.exec(plain) ?? [];
  if (appId === undefined || extension === undefined) return null;
  return `extension_${appId.replaceAll('-', '').toLowerCase()}_${extension}`;
}

/** Whether the attribute is one of the fifteen that one property of a user holds. */
export const isExtensionAttribute = (name: string): boolean => extensionAttributes.includes(name);
