/** A directory with nobody in it, and a Timely account that has its owner alone. */
import { contoso } from './company.ts';
import { builtInRoles } from './microsoft/directory/built-in-roles.ts';
import { defaultPermissions } from './microsoft/directory/permissions.ts';
import { MicrosoftState } from './microsoft/directory/state.ts';
import { randomSecret } from './timely/oauth-state.ts';
import { defaultBehaviour, type StoredRole } from './timely/objects.ts';
import { TimelyState } from './timely/state.ts';

/** Half a year, as the Entra admin center proposes. */
const secretLifetimeMs = 180 * 24 * 3_600_000;

/** Ids and domain are the sandbox company's; the secret and the signing key are new each time. */
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

/** Role ids differ per account, so these are of this one only (docs/reference/timely-api.md section 4). */
const roles: StoredRole[] = [
  { id: 8164, name: 'admin', display_name: 'Admin', default: false, allowed_to_invite: true },
  { id: 8165, name: 'manager', display_name: 'Manager', default: true, allowed_to_invite: true },
  { id: 8167, name: 'employee', display_name: 'Employee', default: false, allowed_to_invite: true },
  { id: 8168, name: 'team_lead', display_name: 'Team lead', default: false, allowed_to_invite: false },
];

/** The token pair that is there from the start acts for the owner. Seats are no limit until somebody sets them. */
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
