/** What a simulated service answers, before it is turned into HTTP: faults can still look at it and change it. */
export interface SimulatedResponse {
  status: number;
  json?: unknown;
  /** Sent instead of `json`; its type is in the headers. */
  text?: string;
  headers?: Record<string, string>;
  /** The connection is cut and nothing is answered. */
  dropped?: true;
  /** Half the body goes out, then the connection is cut. */
  cut?: true;
}

/** One request as the routes, the faults and the ledger see it. */
export interface SimulatedRequest {
  /** What is asked for, independent of the URL's form: `users.delta`, `users.invite`, … */
  operation: string;
  method: string;
  path: string;
  /** The URL as it was asked for, with the simulator's own origin. */
  url: string;
  params: Record<string, string>;
  query: URLSearchParams;
  headers: Headers;
  /** The parsed JSON or form body; null when there is none. */
  body: unknown;
  /** Whom it concerns: an e-mail address where one is known, else a name or an id. */
  subject: string | null;
  /** Names of the faults that had their hand in it. */
  faults: string[];
}

/** An answer that ends the handling of a request, thrown from wherever the reason is found. */
export class SimulatedRefusal extends Error {
  readonly response: SimulatedResponse;
  constructor(response: SimulatedResponse) {
    super(`The simulator answers ${response.status}`);
    this.response = response;
  }
}

/** A JSON answer. */
export const jsonResponse = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): SimulatedResponse => ({
  status,
  json: body,
  headers,
});

/** An HTML page, as gateways in front of a service answer. */
export const htmlResponse = (
  status: number,
  text: string,
  headers: Record<string, string> = {},
): SimulatedResponse => ({
  status,
  text: `<html><head><title>${text}</title></head><body><h1>${text}</h1></body></html>`,
  headers: { ...headers, 'content-type': 'text/html' },
});

/** The connection is cut. */
export const droppedResponse: SimulatedResponse = { status: 0, dropped: true };

/** Whether a value is a JSON object. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
