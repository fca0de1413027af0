/** Names of SCIM schemas, extensions and messages (docs/reference/sap.md sections 4 and 6). */
export const urns = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  enterpriseUser: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  sapUser: 'urn:ietf:params:scim:schemas:extension:sap:2.0:User',
  customUser: 'urn:sap:cloud:scim:schemas:extension:custom:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  sapGroup: 'urn:ietf:params:scim:schemas:extension:sap:2.0:Group',
  customGroup: 'urn:sap:cloud:scim:schemas:extension:custom:2.0:Group',
  authorizationGroup: 'urn:ietf:params:scim:schemas:extension:sci:2.0:Authorization',
  list: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
} as const;

/** Attributes that people name by their last part, and the extension that has them. */
const extensionAttributes: Record<string, readonly string[]> = {
  [urns.enterpriseUser]: [
    'employeeNumber',
    'costCenter',
    'organization',
    'division',
    'department',
    'manager',
  ],
  [urns.sapUser]: [
    'validFrom',
    'validTo',
    'userUuid',
    'userId',
    'sourceSystem',
    'sourceSystemId',
    'loginTime',
    'passwordDetails',
    'sendMail',
    'contactPreferences',
  ],
};

/** Returns the extension that has a user's attribute; null for attributes of the core. */
export const extensionOf = (attribute: string): string | null =>
  Object.entries(extensionAttributes).find(([, names]) => names.includes(attribute))?.[0] ?? null;

/** The numbered attributes of the old custom extension. */
export const isCustomAttribute = (attribute: string): boolean =>
  /^customAttribute([1-9]|10)$/.test(attribute);
