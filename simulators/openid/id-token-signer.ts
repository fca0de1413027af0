/** Signs ID tokens. The key is made with the first use, since making it takes a while, and is a new one after a restart. */
import { randomBytes } from 'node:crypto';
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose';

/** All three services sign with it. */
export const signingAlgorithm = 'RS256';

interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
  jwk: JWK;
}

export class IdTokenSigner {
  #key: Promise<SigningKey> | null = null;

  /** Returns the public keys that clients check signatures with. */
  async keys(): Promise<{ keys: JWK[] }> {
    const { jwk } = await this.#signingKey();
    return { keys: [jwk] };
  }

  async sign(claims: JWTPayload): Promise<string> {
    return signed(claims, await this.#signingKey());
  }

  /** Returns a token with the name of the right key and the signature of another one. */
  async signWithAnotherKey(claims: JWTPayload): Promise<string> {
    const { kid } = await this.#signingKey();
    return signed(claims, { ...(await makeKey()), kid });
  }

  #signingKey(): Promise<SigningKey> {
    this.#key ??= makeKey();
    return this.#key;
  }
}

/** Returns a token without a signature. */
export const unsignedToken = (claims: JWTPayload): string => new UnsecuredJWT(claims).encode();

const signed = (claims: JWTPayload, { kid, privateKey }: SigningKey): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ typ: 'JWT', alg: signingAlgorithm, kid }).sign(privateKey);

async function makeKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(signingAlgorithm, { extractable: true });
  const kid = randomBytes(16).toString('base64url');
  return {
    kid,
    privateKey,
    jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: signingAlgorithm },
  };
}
