/** A sandbox for one test, with signed-in clients that trust its certificate. Closed when the test ends. */
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { gunzipSync } from 'node:zlib';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../simulators/sandbox.ts';

export interface TestResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** The parsed JSON; undefined for anything else. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read foreign responses of many shapes
  json: any;
}
export interface TestRequest {
  method?: string;
  headers?: Record<string, string>;
  /** Sent as JSON, or as a form when it is URLSearchParams. */
  body?: unknown;
}

export interface SimulatorWorld {
  sandbox: Sandbox;
  /** Requests any URL of the sandbox without a token. */
  request(url: string, request?: TestRequest): Promise<TestResponse>;
  /** Requests Graph (a path below /v1.0, or a whole link) with a bearer token. */
  graph(pathOrLink: string, request?: TestRequest): Promise<TestResponse>;
  /** Requests Timely (a path below the account) with a bearer token. */
  timely(path: string, request?: TestRequest): Promise<TestResponse>;
  /** A token of the simulated Microsoft. */
  graphToken(): Promise<string>;
  timelyToken(): string;
}

export async function withWorld(
  options: SandboxOptions,
  test: (world: SimulatorWorld) => Promise<void>,
): Promise<void> {
  const sandbox = await startSandbox(options);
  const agent = new Agent({ ca: sandbox.caPem, keepAlive: true });
  try {
    await test(worldOf(sandbox, agent));
  } finally {
    agent.destroy();
    await sandbox.close();
  }
}

/** Clients of a sandbox that the caller started and closes. */
export function worldOf(sandbox: Sandbox, agent = new Agent({ ca: sandbox.caPem })): SimulatorWorld {
  const { credentials, microsoft, timely } = sandbox;
  const request: SimulatorWorld['request'] = (url, options) => send(agent, url, options);
  const graphToken = async () => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      scope: `${microsoft.url}/.default`,
    });
    const url = `${microsoft.url}/${credentials.tenantId}/oauth2/v2.0/token`;
    return (await request(url, { method: 'POST', body })).json.access_token;
  };
  const timelyToken = () => timely.state.oauth.issue(timely.state.account.owner_id).accessToken;
  const signedIn = async (token: string, url: string, options: TestRequest = {}) =>
    request(url, { ...options, headers: { authorization: `Bearer ${token}`, ...options.headers } });
  return {
    sandbox,
    request,
    graphToken,
    timelyToken,
    graph: async (path, options) =>
      signedIn(await graphToken(), path.startsWith('/') ? `${microsoft.url}/v1.0${path}` : path, options),
    timely: async (path, options) =>
      signedIn(timelyToken(), `${timely.url}/1.1/${credentials.accountId}${path}`, options),
  };
}

async function readResponse(incoming: IncomingMessage): Promise<TestResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const text = (incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
  const isJson = /^application\/(scim\+)?json/.test(incoming.headers['content-type'] ?? '') && text !== '';
  const json = isJson ? JSON.parse(text) : undefined;
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text, json };
}

/** Sends one request. `json` is what a JSON content type holds. */
export function send(
  agent: Agent,
  url: string,
  { method = 'GET', headers = {}, body }: TestRequest = {},
): Promise<TestResponse> {
  const form = body instanceof URLSearchParams;
  const content = body === undefined ? undefined : form ? String(body) : JSON.stringify(body);
  const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { agent, method, headers: content === undefined ? headers : { 'content-type': type, ...headers } },
      (incoming) => readResponse(incoming).then(resolve, reject),
    );
    outgoing.on('error', reject);
    outgoing.end(content);
  });
}

/** Follows nextLinks. Returns the entries of all pages, the pages, and the last page. */
export async function readAll(
  world: SimulatorWorld,
  path: string,
  request?: TestRequest,
  // biome-ignore lint/suspicious/noExplicitAny: as in TestResponse
): Promise<{ value: any[]; pages: TestResponse[]; deltaLink: string }> {
  const pages: TestResponse[] = [];
  for (let link = path; ; ) {
    const page = await world.graph(link, request);
    if (page.status !== 200) throw new Error(`${page.status} ${page.text}`);
    pages.push(page);
    const next = page.json['@odata.nextLink'];
    if (next === undefined) break;
    link = next;
  }
  return {
    pages,
    value: pages.flatMap(({ json }) => json.value),
    deltaLink: pages.at(-1)?.json['@odata.deltaLink'],
  };
}
