/**
 * Timely's sign-in (docs/reference/timely-api.md section 1): only authorization codes and refresh tokens, and the
 * latter rotate.
 */
import { z } from 'zod';
import type { SignInCode, SignInRequest } from '../domain/contract/sign-in.ts';
import {
  ConfigurationError,
  ConnectNeededError,
  ContractError,
  type SyncError,
  ThrottledError,
  TransientError,
} from '../domain/errors.ts';
import { defaultTimeoutMs, type HttpResponse, sendRequest } from './http.ts';
import { connectRemedy } from './refusals.ts';

/** The OAuth application registered in Timely (Settings > Devs). */
export interface OAuthApplication {
  clientId: string;
  clientSecret: string;
}

export interface TokenPair {
  accessToken: string;
  /** Null when Timely gives none, which its document allows (docs/reference/timely-api.md section 1). */
  refreshToken: string | null;
  /** Null when Timely does not say, or the access token does not expire. */
  expiresAt: Date | null;
  /** From now to `expiresAt`; null as that. */
  lifetimeMs: number | null;
}

/** What both exchanges need. */
export interface OAuthSettings {
  endpoint: string;
  application: OAuthApplication;
  fetch?: typeof fetch;
}

/** Where a person's browser goes to sign in and to allow our application what the sync does. */
export function authorizeAddress(
  { endpoint, application }: Pick<OAuthSettings, 'endpoint' | 'application'>,
  { redirectUri, state, codeChallenge }: SignInRequest,
): string {
  const address = new URL('/1.1/oauth/authorize', endpoint);
  address.search = new URLSearchParams({
    response_type: 'code',
    client_id: application.clientId,
    redirect_uri: redirectUri,
    scope: 'manage',
    state,
    // Whether Timely checks it is unknown (docs/reference/timely-api.md section 1); a service that does not leaves it
    // alone.
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
  }).toString();
  return address.href;
}

/**
 * Trades a refresh token for a new pair. The old one must be taken for used up from then on; only when the answer has
 * none does it stay.
 * @throws ConnectNeededError when Timely no longer knows it, ConfigurationError when it does not know the application,
 * ThrottledError, TransientError, ContractError
 */
export async function refreshTokens(settings: OAuthSettings & { refreshToken: string }): Promise<TokenPair> {
  const { refreshToken } = settings;
  const answer = await askForTokens(settings, { grant_type: 'refresh_token', refresh_token: refreshToken });
  return { ...answer, refreshToken: answer.refreshToken ?? refreshToken };
}

/** Trades the code of a sign-in in the browser for the first pair. Throws as `refreshTokens` does. */
export async function exchangeCode(settings: OAuthSettings & SignInCode): Promise<TokenPair> {
  const { code, codeVerifier, redirectUri } = settings;
  const grant = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
  };
  return await askForTokens(settings, grant).catch((error: unknown) => {
    throw error instanceof ConnectNeededError ? codeRefused(error) : error;
  });
}

function codeRefused(cause: ConnectNeededError): ConnectNeededError {
  return new ConnectNeededError('Timely does not accept the code of this sign-in', {
    cause,
    remedy:
      'A code works once and for some minutes, with the redirect address that it was asked for: run the command again.',
  });
}

// Tokens travel in a header, which takes visible ASCII only.
const token = z.string().regex(/^[\x21-\x7e]+$/);
const tokenAnswer = z.object({
  access_token: token,
  refresh_token: token.nullish(),
  // By the time it is read the refresh token is used up: nothing in it may fail, and what makes no sense says nothing.
  expires_in: z.coerce.number().positive().nullable().catch(null),
});

async function askForTokens(
  { endpoint, application, ...settings }: OAuthSettings,
  grant: Record<string, string>,
): Promise<TokenPair> {
  const { clientId, clientSecret } = application;
  const answer = await sendRequest({
    what: 'sign us in',
    method: 'POST',
    url: new URL('/1.1/oauth/token', endpoint),
    body: { ...grant, client_id: clientId, client_secret: clientSecret },
    timeoutMs: defaultTimeoutMs,
    fetch: settings.fetch ?? globalThis.fetch,
  });
  if (answer.status !== 200) throw signInRefused(answer);
  if (answer.body.kind !== 'json')
    throw new TransientError('Timely broke off its answer when asked to sign us in');
  const parsed = tokenAnswer.safeParse(answer.body.value);
  if (!parsed.success)
    throw new ContractError('Timely signed us in with an answer that has no usable access token');
  const { access_token, refresh_token, expires_in } = parsed.data;
  const lifetimeMs = expires_in === null ? null : expires_in * 1000;
  return {
    accessToken: access_token,
    refreshToken: refresh_token ?? null,
    expiresAt: lifetimeMs === null ? null : new Date(Date.now() + lifetimeMs),
    lifetimeMs,
  };
}

const oauthRefusal = z.object({ error: z.string() });

function signInRefused({ status, retryAfterMs, body }: HttpResponse): SyncError {
  const refused = oauthRefusal.safeParse(body.kind === 'json' ? body.value : null);
  const code = refused.success ? refused.data.error : '';
  if (status === 429) {
    return new ThrottledError('Timely told us to slow down when asked to sign us in', { retryAfterMs });
  }
  if (code === 'invalid_client' || code === 'unauthorized_client') {
    return new ConfigurationError(`Timely does not accept our OAuth application (${code})`, {
      remedy:
        'Correct `target.application` in the tenant file: client id and secret are in Timely under Settings > Devs.',
    });
  }
  if (code === 'invalid_grant' || status === 401) {
    return new ConnectNeededError('Timely no longer accepts our sign-in', { remedy: connectRemedy });
  }
  return new ContractError(`Timely answered ${status} when asked to sign us in`, {
    remedy: 'Check `target.endpoint` and `target.application` in the tenant file.',
  });
}
