import type { X509Certificate } from 'node:crypto';

/** What a simulated service responds, before it becomes HTTP, so that faults can change it. */
export interface SimulatedResponse {
  status: number;
  json?: unknown;
  /** Sent instead of `json`. The headers hold its type. */
  text?: string;
  headers?: Record<string, string>;
  /** Compresses the body. */
  gzip?: true;
  /** Cuts the connection without a response. */
  dropped?: true;
  /** Cuts the connection after half of the body. */
  cut?: true;
}

/** One request as the routes, the faults and the ledger see it. */
export interface SimulatedRequest {
  /** Name of the operation, whatever the form of the URL: `users.delta`, `users.invite`, … */
  operation: string;
  method: string;
  path: string;
  /** The requested URL, with the simulator's own origin. */
  url: string;
  params: Record<string, string>;
  query: URLSearchParams;
  headers: Headers;
  /** The parsed JSON or form body; null when there is none. */
  body: unknown;
  /** What the client signed in with on the connection. Null: nothing, or the server does not ask. */
  certificate: X509Certificate | null;
  /** The person or object concerned: an e-mail address where one is known, else a name or an id. */
  subject: string | null;
  /** Names of the faults that changed it. */
  faults: string[];
}

/** Returns a request that a simulator sends, as the ledger and faults see it. */
export function outgoingRequest(operation: string, method: string, url: string): SimulatedRequest {
  const { pathname, searchParams } = new URL(url);
  return {
    operation,
    method,
    path: pathname,
    url,
    params: {},
    query: searchParams,
    headers: new Headers(),
    body: null,
    certificate: null,
    subject: null,
    faults: [],
  };
}

/** Thrown by a handler to end the request with a response. */
export class SimulatedRefusal extends Error {
  readonly response: SimulatedResponse;
  constructor(response: SimulatedResponse) {
    super(`The simulator responds with ${response.status}`);
    this.response = response;
  }
}

/** Returns a JSON response. */
export const jsonResponse = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): SimulatedResponse => ({
  status,
  json: body,
  headers,
});

/** Returns an HTML page, as gateways in front of a service send it. */
export const htmlResponse = (
  status: number,
  text: string,
  headers: Record<string, string> = {},
): SimulatedResponse => ({
  status,
  text: `<html><head><title>${text}</title></head><body><h1>${text}</h1></body></html>`,
  headers: { ...headers, 'content-type': 'text/html' },
});

/** Cuts the connection. */
export const droppedResponse: SimulatedResponse = { status: 0, dropped: true };

/** Returns whether a value is a JSON object. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
