import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** A new key pair for a service app of Okta (docs/reference/okta.md section 1), each half a JWK as text. */
export function newOktaKey(): { privateKey: string; publicKey: string } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { d, ...open } = privateKey.export({ format: 'jwk' });
  const known = { ...open, use: 'sig', alg: 'ES256', kid: `timely-sync-${randomBytes(6).toString('hex')}` };
  return { privateKey: JSON.stringify({ ...known, d }), publicKey: JSON.stringify(known, null, 2) };
}
