/** Where the requests of a tenant may go. */
import type { ConfigurationError } from './errors.ts';

/** A host as an address names it, in lower case, IPv6 without brackets. */
export interface Host {
  name: string;
  port: number;
}

/** Each returns null for what is allowed, and otherwise an error that says what to do. */
export interface ConnectionRules {
  /** Whose requests. */
  tenant: string;
  refuseHost(host: Host): ConfigurationError | null;
  /** Whether requests to that host may be sent to this IP address. */
  refuseAddress(host: Host, address: string): ConfigurationError | null;
  /**
   * Tenants that get the same object here use the same connections to that host; null: the tenant has its own. Given only
   * where all of them may reach the host, at the same addresses.
   */
  sharedBy(host: Host): object | null;
}

/** The host of an https address. */
export function hostOf(url: URL): Host {
  const name = url.hostname.replace(/^\[|\]$/g, '');
  return { name, port: url.port === '' ? 443 : Number(url.port) };
}
