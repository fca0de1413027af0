import { z } from 'zod';

/** What to look at when no answer came. */
export const networkRemedy =
  'Check the network, the proxy, and that NODE_EXTRA_CA_CERTS names the certificate authority in use.';

/** What is read of an error from below; its class says nothing, since each HTTP library has classes of its own. */
const networkError = z.object({
  name: z.string().optional(),
  code: z.unknown().optional(),
  cause: z.unknown().optional(),
});

/** Whether a call ended because its time was over. */
export function isTimeout(error: unknown): boolean {
  return networkError.safeParse(error).data?.name === 'TimeoutError';
}

/** Why a connection failed, for messages: `ECONNREFUSED` and the like, which may sit in the cause. */
export function connectionFailure(error: unknown): string {
  const { code, cause } = networkError.safeParse(error).data ?? {};
  if (typeof code === 'string') return code;
  return cause === undefined ? 'connection lost' : connectionFailure(cause);
}
