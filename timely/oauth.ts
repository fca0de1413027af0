/**
 * Timely's OAuth (docs/reference/timely-api.md section 1): authorization codes and refresh tokens only, and refresh
 * tokens rotate.
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
import { uncancelled } from '../http/work-scope.ts';
import { defaultTimeoutMs, exchangeWithTimely, type TimelyRequest, type TimelyResponse } from './exchange.ts';
import { connectRemedy } from './refusals.ts';

/** The OAuth application registered in Timely (Settings > Devs). */
export interface OAuthApplication {
  clientId: string;
  clientSecret: string;
}

export interface TokenPair {
  accessToken: string;
  /** Null when Timely issues none, which its document allows (docs/reference/timely-api.md section 1). */
  refreshToken: string | null;
  /** Null when Timely does not say, or the access token does not expire. */
  expiresAt: Date | null;
  /** From now to `expiresAt`; null like it. */
  lifetimeMs: number | null;
}

/** What both exchanges need. */
export interface OAuthSettings {
  endpoint: string;
  application: OAuthApplication;
  fetch?: typeof fetch;
}

/** The address at which a person signs in and allows our application to act. */
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
    // Whether Timely checks it is unknown (docs/reference/timely-api.md section 1); a service that does not ignores it.
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
  }).toString();
  return address.href;
}

/**
 * Exchanges a refresh token for a new pair. The old token counts as used up afterwards, and stays only when the
 * response has none.
 * @throws ConnectNeededError when Timely no longer knows it, ConfigurationError when it does not know the application,
 *   ThrottledError, TransientError, ContractError
 */
export async function refreshTokens(settings: OAuthSettings & { refreshToken: string }): Promise<TokenPair> {
  const { refreshToken } = settings;
  const pair = await requestTokens(settings, { grant_type: 'refresh_token', refresh_token: refreshToken });
  return { ...pair, refreshToken: pair.refreshToken ?? refreshToken };
}

/** Exchanges the code of a sign-in in the browser for the first pair. Throws as `refreshTokens` does. */
export async function exchangeCode(settings: OAuthSettings & SignInCode): Promise<TokenPair> {
  const { code, codeVerifier, redirectUri } = settings;
  const grant = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
  };
  return await requestTokens(settings, grant).catch((error: unknown) => {
    throw error instanceof ConnectNeededError ? codeRefused(error) : error;
  });
}

function codeRefused(cause: ConnectNeededError): ConnectNeededError {
  return new ConnectNeededError('Timely does not accept the code of this sign-in.', {
    cause,
    remedy:
      'A code works once, for a few minutes, and with the redirect address of its own sign-in: run the command again.',
  });
}

// Tokens travel in a header, which takes visible ASCII only.
const token = z.string().regex(/^[\x21-\x7e]+$/);
const tokenResponse = z.object({
  access_token: token,
  refresh_token: token.nullish(),
  // The refresh token is used up by now, so a lifetime that makes no sense must not lose the new pair.
  expires_in: z.coerce.number().positive().nullable().catch(null),
});

async function requestTokens(
  { endpoint, application, ...settings }: OAuthSettings,
  grant: Record<string, string>,
): Promise<TokenPair> {
  const { clientId, clientSecret } = application;
  const request: TimelyRequest = {
    what: 'sign us in',
    method: 'POST',
    url: new URL('/1.1/oauth/token', endpoint),
    body: { ...grant, client_id: clientId, client_secret: clientSecret },
    timeoutMs: defaultTimeoutMs,
    fetch: settings.fetch ?? globalThis.fetch,
  };
  // The grant works only once: ending this early loses the new pair.
  const response = await uncancelled(() => exchangeWithTimely(request));
  if (response.status !== 200) throw signInRefused(response);
  if (response.body.kind !== 'json') {
    throw new TransientError('Timely was asked to sign us in, and its response was cut off');
  }
  const parsed = tokenResponse.safeParse(response.body.value);
  if (!parsed.success) {
    throw new ContractError('Timely signed us in without a usable access token');
  }
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

function signInRefused({ status, retryAfterMs, body }: TimelyResponse): SyncError {
  const refused = oauthRefusal.safeParse(body.kind === 'json' ? body.value : null);
  const code = refused.success ? refused.data.error : '';
  if (status === 429) {
    return new ThrottledError('Timely told us to slow down when asked to sign us in', { retryAfterMs });
  }
  if (code === 'invalid_client' || code === 'unauthorized_client') {
    return new ConfigurationError(`Timely does not accept our OAuth application (${code}).`, {
      remedy:
        'Correct `target.application` in the tenant file. Timely shows client id and secret under Settings > Devs.',
    });
  }
  if (code === 'invalid_grant' || status === 401) {
    return new ConnectNeededError('Timely no longer accepts our sign-in.', { remedy: connectRemedy });
  }
  return new ContractError(`Timely answered ${status} when asked to sign us in.`, {
    remedy: 'Check `target.endpoint` and `target.application` in the tenant file.',
  });
}
