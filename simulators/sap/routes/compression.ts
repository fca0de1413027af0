/** Compressed responses, and what compressing does to ETags (docs/reference/sap.md section 3). */
import type { SimulatedRequest, SimulatedResponse } from '../../simulated-response.ts';
import type { SapContext } from '../context.ts';

/** Returns a response compressed where the client takes that. */
export function compressed(
  { state }: SapContext,
  { headers }: SimulatedRequest,
  response: SimulatedResponse,
): SimulatedResponse {
  const isWanted = headers.get('accept-encoding')?.includes('gzip') ?? false;
  if (state.behaviour.compression === 'off' || !isWanted || response.dropped) return response;
  const { etag, ...others } = response.headers ?? {};
  const marked = etag === undefined ? {} : { etag: etag.replace(/"$/, '-gzip"') };
  return { ...response, gzip: true, headers: { ...others, ...marked } };
}
