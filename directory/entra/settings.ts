import type { Cloud } from './graph/endpoints.ts';

/** The credential of the registered application. Values are resolved secrets, never references. */
type EntraCredential =
  | { kind: 'secret'; secret: string }
  /** PEM text with the certificate and its private key. */
  | { kind: 'certificate'; pem: string }
  /** A token of another identity provider. Others rotate it, so it is read for each sign-in. */
  | { kind: 'federatedToken'; read: () => Promise<string> }
  /** Client id of a user-assigned managed identity that is a federated credential of the application. */
  | { kind: 'managedIdentity'; clientId: string };

/** Settings for reading one tenant's Entra ID. */
export interface EntraSourceSettings {
  tenantId: string;
  clientId: string;
  credential: EntraCredential;
  cloud: Cloud;
  /** Origins in place of the cloud's own: the sandbox, proxies, private clouds. `https:` only. */
  endpoints?: { login: string; graph: string };
  /** Time limit of one call, reading the response included. Default: 60,000. */
  timeoutMs?: number;
  /** Sends every request, those of sign-ins too. Default: the global one. */
  fetch?: typeof fetch;
}
