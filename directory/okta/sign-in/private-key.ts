/** The key of the service app, for signing assertions. */
import { createPrivateKey, type KeyObject, type webcrypto } from 'node:crypto';
import { z } from 'zod';
import { ConfigurationError } from '../../../domain/errors.ts';

export interface SigningKey {
  key: webcrypto.CryptoKey;
  /** `kid`, as the app in Okta has it; null when the key does not say. */
  keyId: string | null;
}

const jwk = z.looseObject({ kty: z.string(), kid: z.string().optional() });

/** Algorithms that Okta takes for assertions (docs/reference/okta.md section 1), by the curve of the key. */
const curves: Record<string, string> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };

/** @throws ConfigurationError when the text is no RSA or EC private key. It never quotes the text. */
export async function readSigningKey(text: string): Promise<SigningKey> {
  const { key, keyId } = parse(text);
  const curve = curves[key.asymmetricKeyDetails?.namedCurve ?? ''];
  const isRsa = key.asymmetricKeyType === 'rsa';
  if (!isRsa && curve === undefined) throw unusable();
  const der = new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }));
  const algorithm = isRsa
    ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    : { name: 'ECDSA', namedCurve: curve ?? '' };
  return { key: await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']), keyId };
}

function parse(text: string): { key: KeyObject; keyId: string | null } {
  try {
    if (!text.trimStart().startsWith('{')) return { key: createPrivateKey(text), keyId: null };
    const key = jwk.parse(JSON.parse(text));
    return { key: createPrivateKey({ key, format: 'jwk' }), keyId: key.kid ?? null };
  } catch {
    throw unusable();
  }
}

const unusable = () =>
  new ConfigurationError('The private key of the Okta service app is not usable.', {
    remedy:
      'source.credential.privateKey must point to an unencrypted private key, RSA or EC: PEM (PKCS#8), or one JWK.',
  });
