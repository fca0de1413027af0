/** Empty directories, and a Timely account that has only its owner. */
import { contoso } from './contoso.ts';
import { builtInRoles } from './microsoft/directory/built-in-roles.ts';
import { defaultPermissions } from './microsoft/directory/permissions.ts';
import { MicrosoftState } from './microsoft/directory/state.ts';
import type { OktaState } from './okta/directory/state.ts';
import { emptyOrg } from './okta/empty-org.ts';
import type { SapState } from './sap/directory/state.ts';
import { emptyTenant } from './sap/empty-tenant.ts';
import { randomSecret } from './timely/oauth-state.ts';
import { defaultBehaviour, type StoredRole } from './timely/objects.ts';
import { TimelyState } from './timely/state.ts';

/** 180 days, as the Entra admin center proposes. */
const secretLifetimeMs = 180 * 24 * 3_600_000;

/** Returns a directory with the sandbox company's ids and domain, a new secret and a new signing key. */
export function emptyMicrosoft(clock: () => Date): MicrosoftState {
  const { tenantId, clientId, tenantName, domain } = contoso;
  return new MicrosoftState(
    {
      tenantName,
      domain,
      app: {
        tenantId,
        clientId,
        clientSecret: randomSecret(),
        tokenLifetimeSeconds: 4500,
        permissions: [...defaultPermissions],
        secretEndsAt: new Date(clock().getTime() + secretLifetimeMs).toISOString(),
        signingKey: randomSecret(),
      },
      objects: { version: 0, objects: [] },
      roleDefinitions: [...builtInRoles],
      roleAssignments: [],
      appAssignments: [],
    },
    clock,
  );
}

/** Returns an org with the sandbox company's ids and domain, and with new keys. */
export const emptyOkta = (clock: () => Date): OktaState =>
  emptyOrg({ ...contoso.okta, mailDomain: contoso.domain }, clock);

/** Returns a tenant with the sandbox company's client id and domain, with a new secret and the given certificate. */
export const emptySap = (
  clock: () => Date,
  certificates: { clientAuthority: string; certificate: string },
): SapState => {
  const { tenantName, domain, sap } = contoso;
  const names = { tenantName, domain, clientId: sap.clientId, secret: randomSecret() };
  return emptyTenant({ ...names, ...certificates }, clock);
};

/** Each account has its own role ids (docs/reference/timely-api.md section 4). */
const roles: StoredRole[] = [
  { id: 8164, name: 'admin', display_name: 'Admin', default: false, allowed_to_invite: true },
  { id: 8165, name: 'manager', display_name: 'Manager', default: true, allowed_to_invite: true },
  { id: 8167, name: 'employee', display_name: 'Employee', default: false, allowed_to_invite: true },
  { id: 8168, name: 'team_lead', display_name: 'Team lead', default: false, allowed_to_invite: false },
];

/** Returns an account whose first token pair acts for the owner, with more seats than any test needs. */
export function emptyTimely(clock: () => Date): TimelyState {
  const initialRefreshToken = randomSecret();
  const state = new TimelyState(
    {
      account: {
        id: contoso.accountId,
        name: contoso.tenantName,
        owner_id: 0,
        status: 'active',
        seats: 1_000_000,
        azure_ad_enabled: false,
        features: [
          'api_access',
          'teams',
          'team_lead',
          'individual_capacity',
          'weekly_user_capacity',
          'audits',
        ],
      },
      roles: [...roles],
      users: [],
      teams: [],
      projects: [],
      mails: [],
      oauth: {
        applicationId: `sandbox-${randomSecret().slice(0, 12)}`,
        applicationSecret: randomSecret(),
        initialRefreshToken,
        codes: [],
        pairs: [],
      },
      behaviour: { ...defaultBehaviour },
      nextId: 100_000,
    },
    clock,
  );
  state.account.owner_id = state.addActive(contoso.ownerName, contoso.ownerEmail, 'admin').id;
  state.oauth.issue(state.account.owner_id, initialRefreshToken);
  return state;
}
