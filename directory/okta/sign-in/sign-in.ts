import * as oauth from 'openid-client';
import { ConsentNeededError, SyncError, TransientError } from '../../../domain/errors.ts';
import { lazy } from '../../../domain/lazy.ts';
import { networkFailure, networkRemedy } from '../../../http/network-errors.ts';
import type { Wire, WireRequest } from '../http/wire.ts';
import { scopeRemedy } from '../scopes.ts';
import type { OktaCredential, OktaSourceSettings } from '../settings.ts';
import { readSigningKey } from './private-key.ts';
import { refusalCode, refusedSignIn, type TokenRefusal } from './sign-in-errors.ts';

/** Sends requests as the service app, or with the API token. */
export interface OktaSignIn {
  /** The response, whatever its status. Each try has a proof of its own. @throws what signing in throws, and what fetch throws */
  send(address: string, headers: Record<string, string>): Promise<Response>;
  /** Signs in again before the next request: the last token was refused. */
  renew(): void;
  /** Signs in. The scopes that were granted; null when the credential has none. @throws ConsentNeededError and others */
  scopes(): Promise<string[] | null>;
}

/** Tokens are replaced this long before they end. */
const marginMs = 60_000;
/** Okta's tokens live one hour (docs/reference/okta.md section 1). */
const lifeMs = 3_600_000;

export function createOktaSignIn(settings: OktaSourceSettings, wire: Wire): OktaSignIn {
  const { credential } = settings;
  if (credential.kind === 'privateKey') return appSignIn(settings, credential, wire);
  const authorization = `SSWS ${credential.token}`;
  return {
    send: (address, headers) => wire.send(address, { method: 'GET', headers: { ...headers, authorization } }),
    renew: () => undefined,
    scopes: async () => null,
  };
}

/** No claim may lie in the future (docs/reference/okta.md section 4), and small differences of clocks are not measured. */
const backdatedS = 5;

interface Token {
  value: string;
  /** Bound to our proof key. */
  isBound: boolean;
  scopes: string[];
  endsAtMs: number;
}

/** One for the process. RSA is safe everywhere (docs/reference/okta.md section 1). It need not be kept. */
const proofKey = lazy(() => oauth.randomDPoPKeyPair('RS256'));

function appSignIn(
  settings: OktaSourceSettings,
  credential: Extract<OktaCredential, { kind: 'privateKey' }>,
  wire: Wire,
): OktaSignIn {
  const { scopes } = settings;
  const signingIn: { refusal: TokenRefusal | null } = { refusal: null };
  const ready = lazy(() => configure(settings, credential, { ...wire, send: watched }));
  let token: Promise<Token> | null = null;

  /** Keeps a refusal of the token endpoint: the library's own errors keep little of it. */
  async function watched(address: string, init: WireRequest): Promise<Response> {
    const response = await wire.send(address, init);
    if (init.method !== 'POST' || response.ok) return response;
    const body = await response.clone().text();
    signingIn.refusal = { status: response.status, headers: response.headers, body };
    return response;
  }

  async function grant(): Promise<Token> {
    const { config, proofs } = await ready();
    signingIn.refusal = null;
    const clockBefore = wire.clockAheadS();
    const ask = () => oauth.clientCredentialsGrant(config, { scope: scopes.join(' ') }, { DPoP: proofs });
    const response = await ask().catch(async (error: unknown) => {
      // The refusal has told us Okta's clock: an assertion of that time may be taken.
      if (signingIn.refusal === null || wire.clockAheadS() === clockBefore) throw error;
      return await ask();
    });
    const granted = response.scope?.split(/\s+/).filter((scope) => scope !== '') ?? [...scopes];
    return {
      value: response.access_token,
      isBound: response.token_type.toLowerCase() === 'dpop',
      scopes: granted,
      endsAtMs: performance.now() + (response.expires_in ?? lifeMs / 1_000) * 1_000 - marginMs,
    };
  }

  async function current(): Promise<Token> {
    const known = await token?.catch(() => null);
    if (known && known.endsAtMs > performance.now()) return known;
    token = grant().catch((error: unknown) => {
      throw signInError(error, signingIn.refusal, scopes);
    });
    return await token;
  }

  const oneAtATime = sharedWhileRunning(current);
  return {
    async send(address, headers) {
      const { config, proofs } = await ready();
      const { value, isBound, scopes: granted } = await oneAtATime();
      requireAll(scopes, granted);
      const options = isBound ? { DPoP: proofs } : {};
      try {
        return await oauth.fetchProtectedResource(
          config,
          value,
          new URL(address),
          'GET',
          undefined,
          new Headers(headers),
          options,
        );
      } catch (error) {
        // The library throws for each response with WWW-Authenticate: its status decides, as for the others.
        if (error instanceof oauth.WWWAuthenticateChallengeError) return error.response;
        throw error;
      }
    },
    renew: () => {
      token = null;
    },
    scopes: async () => (await oneAtATime()).scopes,
  };
}

/** Okta leaves out scopes without a word (docs/reference/okta.md section 3). */
function requireAll(asked: readonly string[], granted: readonly string[]): void {
  const missing = asked.filter((scope) => !granted.includes(scope));
  if (missing.length === 0) return;
  throw new ConsentNeededError(`Okta does not grant the service app ${missing.join(', ')}.`, {
    remedy: scopeRemedy(missing),
  });
}

async function configure(
  { domain, timeoutMs = 60_000 }: OktaSourceSettings,
  credential: Extract<OktaCredential, { kind: 'privateKey' }>,
  wire: Wire,
) {
  const { key, keyId } = await readSigningKey(credential.key);
  const tokenEndpoint = `https://${domain}/oauth2/v1/token`;
  const kid = credential.keyId ?? keyId;
  const atOktasTime = (_header: unknown, payload: Record<string, unknown>) => {
    for (const claim of ['iat', 'nbf', 'exp']) {
      const value = payload[claim];
      if (typeof value === 'number') payload[claim] = value + wire.clockAheadS() - backdatedS;
    }
  };
  const assertion = oauth.PrivateKeyJwt(kid === null ? key : { key, kid }, {
    [oauth.modifyAssertion](header, payload) {
      // Okta refuses the issuer here (docs/reference/okta.md section 4).
      payload.aud = tokenEndpoint;
      atOktasTime(header, payload);
    },
  });
  const server = { issuer: `https://${domain}`, token_endpoint: tokenEndpoint };
  const config = new oauth.Configuration(server, credential.clientId, {}, assertion);
  config.timeout = timeoutMs / 1_000;
  config[oauth.customFetch] = (address, { method, headers, body }) =>
    wire.send(address, { method, headers, body });
  const proofs = oauth.getDPoPHandle(config, await proofKey(), { [oauth.modifyAssertion]: atOktasTime });
  return { config, proofs };
}

function signInError(error: unknown, refusal: TokenRefusal | null, scopes: readonly string[]): SyncError {
  const own = ownError(error);
  if (own) return own;
  if (refusal !== null && (refusalCode(refusal.body) !== null || refusal.status >= 300))
    return refusedSignIn(refusal, scopes);
  // The library's own text may quote the response, so neither it nor its cause is passed on.
  const { timedOut, code } = networkFailure(error);
  const reason = timedOut ? 'no whole response in time' : (code ?? 'the response has no token');
  return new TransientError(`No sign-in to Okta (${reason}).`, { remedy: networkRemedy });
}

/** An error of ours that was thrown inside the library. */
export function ownError(error: unknown): SyncError | null {
  if (error instanceof SyncError) return error;
  return error instanceof Error && error.cause !== undefined ? ownError(error.cause) : null;
}

/** Callers that come while a call runs share its result. */
function sharedWhileRunning<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | null = null;
  return () => {
    running ??= run().finally(() => {
      running = null;
    });
    return running;
  };
}
