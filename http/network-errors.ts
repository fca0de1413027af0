import { z } from 'zod';

/** What to check when no response came. */
export const networkRemedy =
  'Check the network, the proxy, and that NODE_EXTRA_CA_CERTS names the certificate authority in use.';

/** Why no whole response came. */
export interface NetworkFailure {
  timedOut: boolean;
  /** `ECONNREFUSED` and the like; null when the error has none. */
  code: string | null;
}

/** The part of an error that is read; its class says nothing, since each HTTP library has classes of its own. */
const networkError = z.object({
  name: z.string().optional().catch(undefined),
  code: z.string().regex(/^\w+$/).optional().catch(undefined),
  cause: z.unknown().optional(),
});

/**
 * Reads what an HTTP library throws. Nothing of it but the code is safe to show: it may quote addresses and headers.
 */
export function networkFailure(error: unknown): NetworkFailure {
  return { timedOut: networkError.safeParse(error).data?.name === 'TimeoutError', code: codeOf(error) };
}

/** fetch puts the code into the cause of its error. */
function codeOf(error: unknown): string | null {
  const { code, cause } = networkError.safeParse(error).data ?? {};
  return code ?? (cause === undefined ? null : codeOf(cause));
}
