/** A `fetch` between a source and its simulator. A fault replaces every answer but those of sign-ins. */

type WireFault = keyof typeof answers;

const answers = {
  throttled: () => json(429, '{"error":{"code":"TooManyRequests"}}', { 'retry-after': '7' }),
  html: () => new Response('<html><body>Service Unavailable</body></html>', html),
  cut: () => json(200, '{"value":[{"id":"'),
  unauthorized: () => json(401, '{"error":{"code":"InvalidAuthenticationToken"}}'),
};

const html = { status: 503, headers: { 'content-type': 'text/html' } };
const json = (status: number, body: string, headers: Record<string, string> = {}) =>
  new Response(body, { status, headers: { 'content-type': 'application/json', ...headers } });

export function faultyFetch() {
  let fault: WireFault | null = null;
  const send: typeof fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    if (fault === null || /oauth2|openid-configuration/.test(pathname)) return await fetch(input, init);
    return answers[fault]();
  };
  return {
    fetch: send,
    set: (next: WireFault | null) => {
      fault = next;
    },
  };
}
