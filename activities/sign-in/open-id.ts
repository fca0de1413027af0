/** Signing people in by OpenID Connect: authorization code, PKCE, nonce, and an ID token whose signature is checked. */
import * as openid from 'openid-client';
import type { PersonSignInAnswer, PersonSignInRequest } from '../../domain/contract/person-sign-in.ts';
import { ConfigurationError, SyncError, TransientError } from '../../domain/errors.ts';
import { networkFailure, networkRemedy } from '../../http/network-errors.ts';

/** A service that people sign in at, and the application that they sign in to. */
export interface OpenIdService {
  /** Its metadata is below this address, and its tokens have to name it. */
  issuer: string;
  clientId: string;
  /** How the application proves itself when it redeems a code. */
  authentication: openid.ClientAuth;
  /** What `prompt` is, to have the service ask for the account. */
  accountPrompt: 'select_account' | 'login';
  fetch: typeof fetch;
}

/** What a service says of a person who signed in; or a word of why nobody did. */
export type SignInResult = { claims: openid.IDToken } | { refusal: string };

const timeoutSeconds = 15;

/**
 * The address that the browser opens.
 * @throws TransientError when the service does not answer, ConfigurationError when it has no metadata of this issuer
 */
export async function signInPage(service: OpenIdService, request: PersonSignInRequest): Promise<string> {
  const { redirectUri, state, nonce, codeChallenge, asksForAccount } = request;
  const address = openid.buildAuthorizationUrl(await configurationOf(service), {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    ...{ state, nonce },
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
    ...(asksForAccount && { prompt: service.accountPrompt }),
  });
  return address.href;
}

/**
 * Redeems the code of an answer. An answer that does not fit its request, or a token that is not for us, is a refusal.
 * @throws as `signInPage`
 */
export async function signedInPerson(
  service: OpenIdService,
  { parameters, redirectUri, state, nonce, codeVerifier }: PersonSignInAnswer,
): Promise<SignInResult> {
  const configuration = await configurationOf(service);
  const answer = new URL(redirectUri);
  answer.search = parameters;
  try {
    const tokens = await openid.authorizationCodeGrant(configuration, answer, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: codeVerifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    return claims === undefined ? { refusal: 'no ID token' } : { claims };
  } catch (error) {
    return { refusal: refusalIn(error) };
  }
}

/** Whether the service is there, and is the one that the address says. @throws as `signInPage` */
export async function requireOpenId(service: OpenIdService): Promise<void> {
  await configurationOf(service);
}

async function configurationOf(service: OpenIdService): Promise<openid.Configuration> {
  const { issuer, clientId, authentication } = service;
  try {
    return await openid.discovery(new URL(issuer), clientId, undefined, authentication, {
      [openid.customFetch]: textFetch(service.fetch),
      execute: [openid.enableNonRepudiationChecks],
      timeout: timeoutSeconds,
    });
  } catch (error) {
    throw ownError(error) ?? unusable(issuer, error);
  }
}

/** The guarded fetch sends texts, and the library gives it a form. A service that is down is said here: the library hides it. */
const textFetch =
  (send: typeof fetch): openid.CustomFetch =>
  async (address, { body, ...init }) => {
    const sent = send(address, { ...init, ...(body && { body: String(body) }) } as RequestInit);
    const response = await sent.catch((error: unknown) => {
      if (error instanceof SyncError) throw error;
      throw new TransientError(
        `The sign-in service does not answer (${networkFailure(error).code ?? 'connection lost'}).`,
        { remedy: networkRemedy },
      );
    });
    if (response.status < 500 && response.status !== 429) return response;
    throw new TransientError(`The sign-in service cannot answer for now (status ${response.status}).`);
  };

/** A word of a refusal: the code of OAuth, or of the library's check. The rest may name people. */
function refusalIn(error: unknown): string {
  const failure = ownError(error);
  if (failure) throw failure;
  if (error instanceof openid.AuthorizationResponseError || error instanceof openid.ResponseBodyError)
    return wordOf(error.error);
  if (error instanceof openid.ClientError) return wordOf(error.code ?? error.name);
  throw error;
}

const wordOf = (text: string) => (/^\w{1,64}$/.test(text) ? text : 'an unknown answer');

/** The error of ours that the library has wrapped; null when it is the library's own. */
function ownError(error: unknown): SyncError | null {
  if (error instanceof SyncError) return error;
  return error instanceof Error ? ownError(error.cause) : null;
}

const unusable = (issuer: string, error: unknown) =>
  new ConfigurationError(
    `The sign-in service at ${new URL(issuer).host} cannot be used (${error instanceof openid.ClientError ? wordOf(error.code ?? '') : 'no metadata'}).`,
    { remedy: 'Look at its /.well-known/openid-configuration: it has to name this address as its issuer.' },
  );
