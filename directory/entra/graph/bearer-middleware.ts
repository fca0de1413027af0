import type { Context, Middleware, MiddlewareOptions } from '@microsoft/microsoft-graph-client';

/** Travels with one request through the SDK: the token on the way out, the failure on the way back. */
export class GraphExchange implements MiddlewareOptions {
  readonly token: string;
  /** A link of the service, which is sent unchanged; null to use the address that the SDK builds. */
  readonly link: string | null;
  /** Why no response came; the SDK's own error drops the cause (docs/reference/microsoft-graph.md section 8.1). */
  failure: unknown = null;

  constructor(token: string, link: string | null) {
    this.token = token;
    this.link = link;
  }
}

/**
 * The only place that attaches a token, and only for the configured origin, port included. The SDK's own list compares
 * hosts without ports and knows only those of Microsoft. It sends the request itself, because the SDK's handler knows
 * no `fetch` but the global one.
 */
export class BearerMiddleware implements Middleware {
  readonly #origin: string;
  readonly #fetch: typeof fetch;

  constructor(origin: string, send: typeof fetch) {
    this.#origin = origin;
    this.#fetch = send;
  }

  async execute(context: Context): Promise<void> {
    const exchange = context.middlewareControl?.getMiddlewareOptions(GraphExchange);
    if (!(exchange instanceof GraphExchange)) {
      throw new Error('A Graph request without its exchange.');
    }
    // The SDK parses addresses and rebuilds them in another order (docs/reference/microsoft-graph.md section 8.1).
    if (exchange.link !== null) context.request = exchange.link;
    if (!isOfOrigin(String(context.request), this.#origin)) {
      throw new Error('A Graph request to a foreign host.');
    }
    const headers = { ...context.options?.headers, Authorization: `Bearer ${exchange.token}` };
    try {
      // Redirects are not followed: Graph sends none for these calls, and the response of a foreign host would pass for
      // data.
      const options = { ...context.options, headers, redirect: 'manual' } as const;
      context.response = await this.#fetch(String(context.request), options);
    } catch (error) {
      exchange.failure = error;
      throw error;
    }
  }
}

/** Whether an absolute address belongs to the origin: scheme, host and port. */
export function isOfOrigin(url: string, origin: string): boolean {
  return URL.canParse(url) && new URL(url).origin === origin;
}
