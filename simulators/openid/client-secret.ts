/** The secret of a client in the `Authorization` header (RFC 6749 section 2.3.1). */

/** Returns client id and secret of the header, each percent-encoded there; null without one. */
export function basicCredentials(headers: Headers): { clientId: string; clientSecret: string } | null {
  const [scheme, encoded = ''] = (headers.get('authorization') ?? '').split(' ');
  if (scheme !== 'Basic') return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const at = text.indexOf(':');
  const decoded = (part: string) => decodeURIComponent(part.replaceAll('+', ' '));
  return { clientId: decoded(text.slice(0, at)), clientSecret: decoded(text.slice(at + 1)) };
}
