/** The address that requests to a directory go to: `source.endpoint` of the tenant file. */
import { ConfigurationError } from '../domain/errors.ts';

/** Its origin. @throws ConfigurationError when the address is no plain https origin */
export function checkedOrigin(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol === 'https:' && url.pathname === '/' && !url.search && !url.username) return url.origin;
  throw new ConfigurationError('source.endpoint is not a plain https address.', {
    remedy: 'Write it as https://host or https://host:port, without a path.',
  });
}
