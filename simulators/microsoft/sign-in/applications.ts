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
  /** Null: it proves itself by a certificate. */
  clientSecret: string | null;
  isMultiTenant: boolean;
}

/** Returns the application of a client id, or null. */
export function applicationOf(state: MicrosoftState, clientId: string): SignInApplication | null {
  const { app, sharedApp, operatorsApp } = state;
  const known: SignInApplication[] = [
    {
      clientId: app.clientId,
      name: 'Timely Directory Sync',
      clientSecret: app.clientSecret,
      isMultiTenant: false,
      redirectUris: app.redirectUris ?? [],
    },
    { ...operatorsApp, name: 'Timely Directory Sync, operators', isMultiTenant: false },
    { ...sharedApp, name: 'Timely Directory Sync', clientSecret: null, isMultiTenant: true },
  ];
  return known.find((application) => application.clientId === clientId) ?? null;
}

/** Returns the Graph permissions of an application in this directory now; null: nobody has consented to it. */
export function permissionsOf({ app, sharedApp }: MicrosoftState, clientId: string): string[] | null {
  if (clientId === sharedApp.clientId) return sharedApp.granted;
  return clientId === app.clientId ? app.permissions : null;
}
