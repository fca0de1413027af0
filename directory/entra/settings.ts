import type { Cloud } from './graph/endpoints.ts';

/** How the sync proves to Entra ID that it is the registered application. Values are resolved secrets, never references. */
type EntraCredential =
  | { kind: 'secret'; secret: string }
  /** PEM text with the certificate and its private key. */
  | { kind: 'certificate'; pem: string }
  /** Path of a file that holds a token of another identity provider; it is rotated by others, so it is read each time. */
  | { kind: 'federatedToken'; file: string }
  /** Client id of a user-assigned managed identity that the application trusts as a federated credential. */
  | { kind: 'managedIdentity'; clientId: string };

/** What is needed to read one tenant's Entra ID. */
export interface EntraSourceSettings {
  tenantId: string;
  clientId: string;
  credential: EntraCredential;
  cloud: Cloud;
  /** Origins that stand in for the cloud's own: the sandbox, proxies, private clouds. `https:` only. */
  endpoints?: { login: string; graph: string };
  /** Limit for one call, answer included. Default 60,000. */
  timeoutMs?: number;
}
