/** What may sign in to the simulated Okta, as an administrator has set it up. */
import { generateKeyPairSync } from 'node:crypto';
import type { JWK } from 'jose';

/** A public key of the service app. */
export interface ClientKey {
  id: string;
  kid: string;
  status: 'ACTIVE' | 'INACTIVE';
  created: string;
  jwk: JWK;
}

/** The OAuth service app. Its administrator roles are role assignments of its client id. */
export interface ServiceApp {
  clientId: string;
  label: string;
  created: string;
  keys: ClientKey[];
  /** Granted scopes. */
  scopes: string[];
  /** PKCS#8 PEM of the first key, for the tenant file. */
  privateKey: string;
}

/** An SSWS token. It has the rights of its maker, and ends with the maker's account. */
export interface ApiToken {
  token: string;
  makerId: string;
  lastUsed: string;
  isRevoked?: true;
}

/** Nonces of the token endpoint, the newest first. */
export type NonceState = { nonce: string; issuedMs: number }[];

/** Scopes that the sandbox's app has at first: all that a sync may ask for (docs/reference/okta.md section 3). */
export const defaultScopes = [
  'okta.users.read',
  'okta.groups.read',
  'okta.logs.read',
  'okta.apps.read',
  'okta.roles.read',
];

/** Returns a new key pair; an elliptic-curve one is made at once. */
export function makeClientKey(kid: string): { privateKey: string; jwk: JWK } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { privateKey: pem, jwk: { ...publicKey.export({ format: 'jwk' }), kid } };
}
