/** A small stand-in for Microsoft's sign-in and Graph: real HTTPS, scripted responses, a ledger of the requests. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { generate } from 'selfsigned';
import { endpointsOf } from '../../../directory/entra/graph/endpoints.ts';
import { createGraphClient, type GraphClient } from '../../../directory/entra/graph/graph-client.ts';
import type { EntraSourceSettings } from '../../../directory/entra/settings.ts';
import { createEntraSignIn } from '../../../directory/entra/sign-in/sign-in.ts';
import { trust } from './trust.ts';

export const secret = 'very-secret-client-secret';
const tenantId = '8f0c2a4e-1111-4222-8333-444455556666';

export interface FakeRequest {
  method: string;
  /** Path and query, as they came. */
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface FakeResponse {
  status?: number;
  headers?: Record<string, string>;
  /** An object is sent as JSON, a text unchanged. */
  body?: unknown;
  /** `cut` closes the connection in the middle of the body; `hang` never responds. */
  /** `drip`: a byte now and then, without end. */
  fault?: 'cut' | 'hang' | 'drip';
}

type Handler = (request: FakeRequest) => FakeResponse;

export class FakeMicrosoft {
  origin = '';
  /** Responses of Graph; tests replace it. */
  graph: Handler = () => ({ status: 404, body: graphError('Request_ResourceNotFound') });
  /** Responses of the token endpoint. Default: a new token each time, `token-1`, `token-2`, … */
  signIn: Handler = () => ({
    body: { token_type: 'Bearer', expires_in: 3599, access_token: `token-${this.signIns.length}` },
  });
  /** Responses with the discovery document; null for the ordinary one. */
  discovery: Handler | null = null;
  readonly requests: FakeRequest[] = [];
  readonly signIns: FakeRequest[] = [];

  /** The requests to Graph, in order: `GET /v1.0/users/delta?…`. */
  get requestLines(): string[] {
    return this.requests.map((request) => `${request.method} ${request.path}`);
  }

  respond(request: FakeRequest): FakeResponse {
    if (request.path.endsWith('/.well-known/openid-configuration')) {
      return this.discovery?.(request) ?? { body: discoveryDocument(this.origin) };
    }
    if (request.path.startsWith(`/${tenantId}/oauth2/v2.0/token`)) {
      this.signIns.push(request);
      return this.signIn(request);
    }
    this.requests.push(request);
    return this.graph(request);
  }
}

/** Runs a test with a fake of its own and closes it afterwards. */
export async function withMicrosoft(run: (microsoft: FakeMicrosoft) => Promise<void>): Promise<void> {
  const { private: key, cert } = await certificate;
  const microsoft = new FakeMicrosoft();
  const server = createServer({ key, cert }, (request, response) => {
    void receive(request).then((received) => write(response, microsoft.respond(received)));
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  microsoft.origin = `https://localhost:${address && typeof address === 'object' ? address.port : ''}`;
  try {
    await run(microsoft);
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

/** A Graph client for a fake, like the source's own. */
export function graphFor(microsoft: FakeMicrosoft): GraphClient {
  const settings = settingsFor(microsoft);
  const endpoints = endpointsOf(settings.cloud, settings.endpoints);
  const sending = { timeoutMs: 10_000, fetch };
  return createGraphClient({
    endpoints,
    signIn: createEntraSignIn(settings, endpoints, sending),
    ...sending,
  });
}

/** Settings for a fake, as from a tenant file. */
export function settingsFor(
  { origin }: FakeMicrosoft,
  changes: Partial<EntraSourceSettings> = {},
): EntraSourceSettings {
  return {
    tenantId,
    clientId: '1b2c3d4e-aaaa-4bbb-8ccc-ddddeeeeffff',
    credential: { kind: 'secret', secret },
    cloud: 'global',
    endpoints: { login: origin, graph: origin },
    ...changes,
  };
}

export function graphError(code: string, message = 'a text of the service that must not be shown') {
  return { error: { code, message, innerError: { 'request-id': 'b31c83fd-944c-4663-aa50-5d9ceb367e19' } } };
}

async function receive(request: IncomingMessage): Promise<FakeRequest> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
}

function write(response: ServerResponse, { status = 200, headers = {}, body, fault }: FakeResponse): void {
  if (fault === 'hang') return;
  const isJson = body !== undefined && typeof body !== 'string';
  const text = isJson ? JSON.stringify(body) : String(body ?? '');
  response.writeHead(status, {
    ...(isJson && { 'content-type': 'application/json' }),
    ...(fault !== 'drip' && { 'content-length': Buffer.byteLength(text) }),
    ...headers,
  });
  if (fault === 'drip') {
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
    return;
  }
  if (fault !== 'cut') {
    response.end(text);
    return;
  }
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
}

export function discoveryDocument(origin: string) {
  return {
    issuer: `${origin}/${tenantId}/v2.0`,
    authorization_endpoint: `${origin}/${tenantId}/oauth2/v2.0/authorize`,
    token_endpoint: `${origin}/${tenantId}/oauth2/v2.0/token`,
    jwks_uri: `${origin}/${tenantId}/discovery/v2.0/keys`,
  };
}

// Test files that share a process need certificates of different names.
const certificate = generate([{ name: 'commonName', value: `fake Microsoft ${randomUUID()}` }], {
  keyType: 'ec',
  algorithm: 'sha256',
  extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
}).then((pair) => {
  trust(pair.cert);
  return pair;
});
