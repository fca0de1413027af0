/** The directory (tenant) id behind a domain of Entra ID. */
import { z } from 'zod';
import { ConfigurationError, TransientError } from '../../../domain/errors.ts';
import { isGuid } from '../../../domain/text.ts';
import { exchange } from '../../../http/exchange.ts';
import { jsonOrUndefined } from '../../../http/read-json.ts';

/**
 * The fields of the discovery document that name the directory by its id, whatever the document was asked by
 * (https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc).
 */
const discovery = z.object({ issuer: z.string(), token_endpoint: z.string().default('') });

/**
 * Asks the sign-in service at `login`, an origin.
 * @throws ConfigurationError when no directory has the domain, TransientError when the service does not answer
 */
export async function findDirectoryId(
  domain: string,
  { login, fetch }: { login: string; fetch: typeof globalThis.fetch },
): Promise<string> {
  const url = `${login}/${encodeURIComponent(domain)}/v2.0/.well-known/openid-configuration`;
  const response = await exchange({ method: 'GET', url, timeoutMs: 15_000, fetch }).catch(
    (cause: unknown) => {
      throw new TransientError('The sign-in service of Microsoft does not answer.', { cause });
    },
  );
  if (response.status >= 500 || response.status === 429)
    throw new TransientError(`The sign-in service of Microsoft answered ${response.status}.`);
  const id = response.status === 200 ? idIn(response.body) : null;
  if (id !== null) return id;
  throw new ConfigurationError(`Entra ID has no directory with the domain ${domain}.`, {
    remedy: 'Give the directory (tenant) id, a GUID that the overview of Entra ID shows.',
  });
}

function idIn(body: string): string | null {
  const parsed = discovery.safeParse(jsonOrUndefined(body));
  if (!parsed.success) return null;
  const { issuer, token_endpoint } = parsed.data;
  const parts = [issuer, token_endpoint].flatMap((address) => address.split('/'));
  return parts.find(isGuid)?.toLowerCase() ?? null;
}
