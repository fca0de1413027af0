/** How a worker reaches the store. */

const thisMachine = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/;

/**
 * The address of the store. Without `sslmode` in it, another machine has to prove itself by a certificate for its name
 * (`verify-full`); `sslmode=disable` is the word for a network that needs no TLS.
 */
export function withSslMode(address: string): string {
  // Without a host it is a server of this machine.
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  if (url.searchParams.has('sslmode') || url.searchParams.has('ssl')) return address;
  const host = url.searchParams.get('host') || decodeURIComponent(url.hostname);
  // A folder holds a socket of this machine.
  if (host === '' || host.startsWith('/') || thisMachine.test(host.toLowerCase())) return address;
  url.searchParams.set('sslmode', 'verify-full');
  return url.href;
}
