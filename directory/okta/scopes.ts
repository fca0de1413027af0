/** What the service app may read (docs/reference/okta.md section 3). */

export type OktaScope =
  | 'okta.users.read'
  | 'okta.groups.read'
  | 'okta.logs.read'
  | 'okta.apps.read'
  | 'okta.roles.read';

/** The scopes that a tenant file needs, and no more. */
export const oktaScopes = (needs: { roles: boolean; assignments: boolean }): OktaScope[] => [
  'okta.users.read',
  'okta.groups.read',
  'okta.logs.read',
  ...(needs.assignments ? (['okta.apps.read'] as const) : []),
  ...(needs.roles ? (['okta.roles.read'] as const) : []),
];

export const scopeRemedy = (scopes: readonly string[]): string =>
  `Have a super administrator grant ${scopes.join(', ')} to the service app, under Okta API Scopes.`;

export const readOnlyRemedy =
  'Have a super administrator give the service app the role Read-only Administrator, under Admin roles.';
