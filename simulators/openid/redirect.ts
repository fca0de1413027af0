/** Answers that go through the browser to the program that asked. */
import type { SimulatedResponse } from '../simulated-response.ts';

/** Whether an address is on this machine, where nobody else receives a code. Such addresses need no registration here. */
export function isOfThisMachine(redirectUri: string): boolean {
  if (!URL.canParse(redirectUri)) return false;
  const { protocol, hostname } = new URL(redirectUri);
  return ['http:', 'https:'].includes(protocol) && ['localhost', '127.0.0.1'].includes(hostname);
}

/** Returns the redirect to `redirect_uri` of a request, with these parameters and the request's own `state`. */
export function sentBack(query: URLSearchParams, parameters: Record<string, string>): SimulatedResponse {
  const target = new URL(query.get('redirect_uri') ?? '');
  const state = query.get('state');
  const all = { ...(state === null ? {} : { state }), ...parameters };
  for (const [name, value] of Object.entries(all)) target.searchParams.set(name, value);
  return { status: 302, headers: { location: target.href, 'cache-control': 'no-store' } };
}
