import type { OktaScope } from './scopes.ts';

/** How we sign in. Values are resolved secrets, never references. */
export type OktaCredential =
  /** The key of the service app, PEM or JWK. `keyId`: its `kid`; null when the key says it itself, or the app has one key. */
  | { kind: 'privateKey'; clientId: string; key: string; keyId: string | null }
  /** An SSWS token. */
  | { kind: 'apiToken'; token: string };

/** The share of one rate limit bucket of the org that the sync may use, over all workers. */
export interface BucketBudget {
  /** Resolves when a request may start. @throws ThrottledError when that is too far away */
  wait(): Promise<void>;
  /** States the limit in requests a minute, of which half may be used; null: the org's response states none. */
  limit(perMinute: number | null): void;
  /** Holds back all requests of the bucket for `waitMs`. */
  pause(waitMs: number): Promise<void>;
  /** Holds back all requests to the org, of every bucket, for `waitMs`. */
  pauseAll(waitMs: number): Promise<void>;
}

/** Settings for reading one org. */
export interface OktaSourceSettings {
  /** Host of the org, which tokens and proofs name. */
  domain: string;
  /** Address that requests go to: that of the org, or of what stands in front of it. `https:` only. */
  endpoint: string;
  credential: OktaCredential;
  /** What the tokens are asked for. */
  scopes: readonly OktaScope[];
  /** The app whose assignments are read; null when none are. */
  app: string | null;
  /** Whether suspended people stay as they are. */
  keepsSuspended: boolean;
  /** Profile attribute with the first working day; null: none. */
  hireDate: string | null;
  /** The budget of a bucket. Workers share it for all tenants of the org. */
  budgetOf(bucket: string): BucketBudget;
  /** Time limit of one call, reading the response included. Default: 60,000. */
  timeoutMs?: number;
  /** Sends every request, those of sign-ins too. Default: the global one. */
  fetch?: typeof fetch;
}
