/** `$batch`: up to 20 requests in one (docs/reference/microsoft-graph.md section 6). */
import { z } from 'zod';
import type { Route } from '../../service.ts';
import { jsonResponse, type SimulatedRequest, type SimulatedResponse } from '../../simulated-response.ts';
import type { MicrosoftContext } from '../context.ts';
import { badRequest } from '../directory/query.ts';

const maxRequests = 20;
const batchBody = z.object({
  requests: z.array(
    z.object({
      id: z.string(),
      method: z.string(),
      url: z.string(),
      headers: z.record(z.string(), z.string()).default({}),
      body: z.unknown().optional(),
      dependsOn: z.array(z.string()).default([]),
    }),
  ),
});
type InnerRequest = z.output<typeof batchBody>['requests'][number];

/** Returns the route of batches. Inner requests pass the same routes, faults and ledger, with the outer token. */
export function batchRoute(
  context: MicrosoftContext,
  dispatch: (request: Request) => Promise<Response>,
): Route {
  return {
    method: 'POST',
    path: '/v1.0/$batch',
    operation: 'batch',
    handle: (request) => batch(context, request, dispatch),
  };
}

async function batch(
  context: MicrosoftContext,
  request: SimulatedRequest,
  dispatch: (request: Request) => Promise<Response>,
): Promise<SimulatedResponse> {
  const parsed = batchBody.safeParse(request.body);
  if (!parsed.success) throw badRequest(context.clock(), 'Invalid batch payload format.');
  const { requests: innerRequests } = parsed.data;
  const ids = new Set(innerRequests.map(({ id }) => id.toLowerCase()));
  if (innerRequests.length > maxRequests || ids.size !== innerRequests.length) {
    throw badRequest(
      context.clock(),
      `A batch holds at most ${maxRequests} requests, each with an id of its own.`,
    );
  }
  const failed = new Set<string>();
  const responses: { id: string; status: number }[] = [];
  for (const innerRequest of innerRequests) {
    const response = innerRequest.dependsOn.some((id) => failed.has(id))
      ? { id: innerRequest.id, status: 424, headers: {}, body: null }
      : await runInner(context, request, innerRequest, dispatch);
    if (response.status >= 400) failed.add(innerRequest.id);
    responses.push(response);
  }
  // Graph promises no order of the responses (docs/reference/microsoft-graph.md section 6), so the simulator reverses it.
  return jsonResponse(200, { responses: responses.reverse() });
}

async function runInner(
  context: MicrosoftContext,
  request: SimulatedRequest,
  { id, method, url, headers, body }: InnerRequest,
  dispatch: (request: Request) => Promise<Response>,
) {
  const target = `${context.origin()}/v1.0/${url.replace(/^\//, '')}`;
  const nested = url.includes('$batch');
  const response = nested
    ? new Response('{}', { status: 400 })
    : await dispatch(
        new Request(target, {
          method,
          headers: { ...headers, authorization: request.headers.get('authorization') ?? '' },
          ...(body === undefined || method === 'GET' ? {} : { body: JSON.stringify(body) }),
        }),
      );
  const type = response.headers.get('content-type') ?? '';
  return {
    id,
    status: response.status,
    headers: innerHeaders(response.headers),
    body: type.startsWith('application/json') ? await response.json() : await response.text(),
  };
}

/** Returns headers as Graph spells them inside batches. */
function innerHeaders(headers: Headers): Record<string, string> {
  const spelled: Record<string, string> = {
    'Cache-Control': 'no-cache',
    'OData-Version': '4.0',
    'Content-Type': headers.get('content-type') ?? 'application/json',
  };
  const unit = headers.get('x-ms-resource-unit');
  const retryAfter = headers.get('retry-after');
  if (unit !== null) spelled['x-ms-resource-unit'] = unit;
  if (retryAfter !== null) spelled['Retry-After'] = retryAfter;
  return spelled;
}
