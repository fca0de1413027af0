/** How we sign in. Values are resolved secrets, never references. */
export type SapCredential =
  /** Certificate and private key, for mutual TLS. */
  { kind: 'certificate'; pem: string } | { kind: 'secret'; clientId: string; secret: string };

/** The requests that the tenant has left, over all workers. */
export interface RequestBudget {
  /** Resolves when a request may start. @throws ThrottledError when that is too far away */
  wait(): Promise<void>;
  /** Holds back all requests for `waitMs`. */
  pause(waitMs: number): Promise<void>;
}

/** Remembers over all workers that a credential was refused: the client id locks after five refusals. */
export interface SignInMemory {
  /** Until when the credential is not tried; null when it may be. */
  refusedUntil(): Promise<Date | null>;
  refuse(until: Date): Promise<void>;
}

/** Settings for reading one tenant of SAP Cloud Identity Services. */
export interface SapSourceSettings {
  /** Host of the tenant. */
  host: string;
  /** Address that requests go to: that of the tenant, or of what stands in front of it. `https:` only. */
  endpoint: string;
  credential: SapCredential;
  budget: RequestBudget;
  /** Of this credential at this host. */
  signIns: SignInMemory;
  /** Time limit of one call, reading the response included. Default: 60,000. */
  timeoutMs?: number;
  /** Sends every request; it shows the certificate. Default: the global one. */
  fetch?: typeof fetch;
}
