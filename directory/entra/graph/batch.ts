import { z } from 'zod';
import { ContractError, ThrottledError, TransientError } from '../../../domain/errors.ts';
import { type GraphClient, type GraphRequest, readAnswer } from './graph-client.ts';
import { type GraphCall, type GraphReply, graphErrorOf, isUnknownCall } from './graph-errors.ts';

/** docs/reference/microsoft-graph.md section 6. */
const batchMax = 20;

const batchAnswer = z.object({
  responses: z.array(
    z.object({
      // Written as numbers or as texts, by one service or another.
      id: z.coerce.string(),
      status: z.coerce.number(),
      headers: z.record(z.string(), z.coerce.string()).nullish(),
      body: z.unknown().optional(),
    }),
  ),
});

/**
 * Sends small requests twenty at a time and gives their replies in the order of the requests, each with a status of its
 * own. Where the service knows no `$batch`, they go out one by one.
 * @throws ThrottledError with the longest wait when parts were throttled, and whatever `GraphClient.send` throws
 */
export async function sendAll(
  graph: GraphClient,
  requests: GraphRequest[],
  call: GraphCall,
): Promise<GraphReply[]> {
  const replies: GraphReply[] = [];
  for (let start = 0; start < requests.length; start += batchMax) {
    const part = requests.slice(start, start + batchMax);
    replies.push(...((await sendBatch(graph, part, call)) ?? (await sendSingly(graph, part, call))));
  }
  return replies;
}

/** Null: the service knows no `$batch`. */
async function sendBatch(
  graph: GraphClient,
  part: GraphRequest[],
  call: GraphCall,
): Promise<GraphReply[] | null> {
  const batchCall = { ...call, operation: `POST /$batch of ${call.operation}` };
  const reply = await graph.send({ url: '/$batch', body: { requests: part.map(innerRequest) } }, batchCall);
  if (isUnknownCall(reply) || reply.status === 400) return null;
  // An older page says that a batch with throttled parts is a 424 as a whole
  // (docs/reference/microsoft-graph.md section 6).
  const { responses } = readAnswer(
    reply.status === 424 ? { ...reply, status: 200 } : reply,
    batchAnswer,
    batchCall,
  );
  const byId = new Map(responses.map((response) => [response.id, response]));
  const replies = part.map((_, index): GraphReply => {
    const response = byId.get(String(index + 1));
    if (!response) throw new ContractError(`${batchCall.operation}: the answer lacks a part.`);
    const { status, headers, body } = response;
    const inner = { status, headers: new Headers(headers ?? {}), body };
    graph.count(inner, call);
    return inner;
  });
  throwIfToldToWait(replies, call);
  return replies;
}

function innerRequest({ url, body, headers }: GraphRequest, index: number) {
  const id = String(index + 1);
  if (body === undefined) return { id, method: 'GET', url, ...(headers && { headers }) };
  return { id, method: 'POST', url, headers: { 'Content-Type': 'application/json', ...headers }, body };
}

/**
 * Parts are throttled, or put off, one by one; the longest wait is the one to keep
 * (docs/reference/microsoft-graph.md section 6).
 */
function throwIfToldToWait(replies: GraphReply[], call: GraphCall): void {
  const waits = replies
    .filter(({ status }) => status === 429 || status === 503)
    .map((reply) => graphErrorOf(reply, call))
    .filter((failure) => failure instanceof ThrottledError || failure instanceof TransientError)
    .toSorted((one, other) => (other.retryAfterMs ?? 0) - (one.retryAfterMs ?? 0));
  if (waits[0]) throw waits[0];
}

async function sendSingly(graph: GraphClient, part: GraphRequest[], call: GraphCall): Promise<GraphReply[]> {
  const replies: GraphReply[] = [];
  for (const request of part) {
    const reply = await graph.send(request, call);
    throwIfToldToWait([reply], call);
    replies.push(reply);
  }
  return replies;
}
