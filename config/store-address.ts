/** How a worker reaches the store. */
import { Client } from 'pg';

const thisMachine = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/;

/**
 * The address of the store. Without `sslmode` in it, another machine has to prove itself by a certificate for its name
 * (`verify-full`); `sslmode=disable` is the word for a network that needs no TLS. Of several parameters the last counts, and
 * an empty one does not, as pg reads them.
 */
export function withSslMode(address: string): string {
  const parameters = new URLSearchParams(/\?([^#]*)/.exec(address)?.[1]);
  const isSet = (name: string) => Boolean(parameters.getAll(name).at(-1));
  if (isSet('sslmode') || isSet('ssl')) return address;
  const host = hostOf(address);
  // A folder holds a socket of this machine.
  if (host === null || host.startsWith('/') || thisMachine.test(host.toLowerCase())) return address;
  // No URL has a user and no host: pg allows it, and takes the host from elsewhere.
  const url = new URL(address.replace('@/', `@${encodeURIComponent(host)}/`));
  url.searchParams.set('sslmode', 'verify-full');
  return url.href;
}

/** The host that pg would connect to, from wherever it takes it; null for what is no address. */
function hostOf(address: string): string | null {
  try {
    return new Client({ connectionString: address }).host;
  } catch {
    return null;
  }
}
