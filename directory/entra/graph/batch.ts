import { z } from 'zod';
import { ContractError, ThrottledError, TransientError } from '../../../domain/errors.ts';
import { type GraphClient, type GraphRequest, readResponse } from './graph-client.ts';
import { type GraphCall, type GraphResponse, graphErrorOf, isUnknownCall } from './graph-errors.ts';

/** docs/reference/microsoft-graph.md section 6. */
const batchMax = 20;

const batchResponse = z.object({
  responses: z.array(
    z.object({
      // Services write them as numbers or as text.
      id: z.coerce.string(),
      status: z.coerce.number(),
      headers: z.record(z.string(), z.coerce.string()).nullish(),
      body: z.unknown().optional(),
    }),
  ),
});

/**
 * Sends small requests twenty at a time and returns their responses in the order of the requests, each with its own
 * status. When the service does not support `$batch`, it sends them one by one.
 * @throws ThrottledError with the longest wait when parts were throttled, and what `GraphClient.send` throws
 */
export async function sendAll(
  graph: GraphClient,
  requests: GraphRequest[],
  call: GraphCall,
): Promise<GraphResponse[]> {
  const responses: GraphResponse[] = [];
  for (let start = 0; start < requests.length; start += batchMax) {
    const part = requests.slice(start, start + batchMax);
    responses.push(...((await sendBatch(graph, part, call)) ?? (await sendOneByOne(graph, part, call))));
  }
  return responses;
}

/** Null when the service does not support `$batch`. */
async function sendBatch(
  graph: GraphClient,
  part: GraphRequest[],
  call: GraphCall,
): Promise<GraphResponse[] | null> {
  const batchCall = { ...call, operation: `POST /$batch of ${call.operation}` };
  const request = { url: '/$batch', body: { requests: part.map(innerRequest) } };
  const response = await graph.send(request, batchCall);
  if (isUnknownCall(response) || response.status === 400) return null;
  // By an older page, a batch with throttled parts is a 424 as a whole
  // (docs/reference/microsoft-graph.md section 6).
  const { responses } = readResponse(
    response.status === 424 ? { ...response, status: 200 } : response,
    batchResponse,
    batchCall,
  );
  const byId = new Map(responses.map((each) => [each.id, each]));
  const inOrder = part.map((_, index): GraphResponse => {
    const found = byId.get(String(index + 1));
    if (!found) throw new ContractError(`${batchCall.operation}: the response lacks a part.`);
    const { status, headers, body } = found;
    const inner = { status, headers: new Headers(headers ?? {}), body };
    graph.count(inner, call);
    return inner;
  });
  throwIfPutOff(inOrder, call);
  return inOrder;
}

function innerRequest({ url, body, headers }: GraphRequest, index: number) {
  const id = String(index + 1);
  if (body === undefined) return { id, method: 'GET', url, ...(headers && { headers }) };
  return { id, method: 'POST', url, headers: { 'Content-Type': 'application/json', ...headers }, body };
}

/**
 * The service throttles each part on its own, or answers 503; the longest wait counts
 * (docs/reference/microsoft-graph.md section 6).
 */
function throwIfPutOff(responses: GraphResponse[], call: GraphCall): void {
  const waits = responses
    .filter(({ status }) => status === 429 || status === 503)
    .map((response) => graphErrorOf(response, call))
    .filter((failure) => failure instanceof ThrottledError || failure instanceof TransientError)
    .toSorted((one, other) => (other.retryAfterMs ?? 0) - (one.retryAfterMs ?? 0));
  if (waits[0]) throw waits[0];
}

async function sendOneByOne(
  graph: GraphClient,
  part: GraphRequest[],
  call: GraphCall,
): Promise<GraphResponse[]> {
  const responses: GraphResponse[] = [];
  for (const request of part) {
    const response = await graph.send(request, call);
    throwIfPutOff([response], call);
    responses.push(response);
  }
  return responses;
}
