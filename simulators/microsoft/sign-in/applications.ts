/** Applications that may sign in, and the directories that a request may name. */
import type { OpenIdClient } from '../../openid/provider.ts';
import type { MicrosoftState } from '../directory/state.ts';

/** Another company's directory, whose people may sign in to a multi-tenant application. It holds nothing else. */
export const foreignTenant = {
  tenantId: 'f4b41ca2-9999-4888-8777-666655554444',
  tenantName: 'Fabrikam',
  domain: 'fabrikam.example',
  administrator: {
    id: 'fab51ca2-1111-4222-8333-444455556666',
    name: 'Fiona Fabri',
    signInName: 'fiona.fabri@fabrikam.example',
  },
} as const;

/** Whose people may sign in at an address: of this directory, of the foreign one, or of both (`organizations`). */
export type Audience = 'own' | 'foreign' | 'any';

/** Returns whom the first part of a path means; null: there is no such directory. */
export function audienceOf({ app, domain }: MicrosoftState, tenant: string): Audience | null {
  if (tenant === app.tenantId || tenant === domain) return 'own';
  if (tenant === foreignTenant.tenantId || tenant === foreignTenant.domain) return 'foreign';
  return tenant === 'organizations' || tenant === 'common' ? 'any' : null;
}

/** An application as the sign-in service knows it. */
export interface SignInApplication extends OpenIdClient {
  name: string;
  isMultiTenant: boolean;
}

/** Returns the application of a client id, or null. */
export function applicationOf(
  { app, sharedApp }: MicrosoftState,
  clientId: string,
): SignInApplication | null {
  if (clientId === app.clientId)
    return {
      clientId,
      name: 'Timely Directory Sync',
      isMultiTenant: false,
      redirectUris: app.redirectUris ?? [],
    };
  const { redirectUris } = sharedApp;
  return clientId === sharedApp.clientId
    ? { clientId, name: 'Timely Directory Sync', isMultiTenant: true, redirectUris }
    : null;
}

/** Returns the Graph permissions of an application in this directory now; null: nobody has consented to it. */
export const permissionsOf = ({ app, sharedApp }: MicrosoftState, clientId: string): string[] | null =>
  clientId === sharedApp.clientId ? sharedApp.granted : app.permissions;
