import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  type ClientSecretCredentialOptions,
  ManagedIdentityCredential,
} from '@azure/identity';
import { ConfigurationError, SyncError, TransientError } from '../../../domain/errors.ts';
import { exchange } from '../../../http/exchange.ts';
import { networkFailure, networkRemedy } from '../../../http/network-errors.ts';
import { retryAfterMsOf } from '../../../http/retry-after.ts';
import type { Endpoints } from '../graph/endpoints.ts';
import type { EntraSourceSettings } from '../settings.ts';
import { refusalError, type SignInRefusal } from './sign-in-errors.ts';

/** Tokens for Microsoft Graph. The library caches them; one sign-in runs at a time. */
export interface EntraSignIn {
  /** @throws ConsentNeededError, TransientError, ThrottledError, ConfigurationError */
  token(): Promise<string>;
  /** Like `token`, but never `rejected` again: for a token that the service refused before it expired. */
  tokenAfter(rejected: string): Promise<string>;
}

/** The part of the library's credentials that is used. */
interface Credential {
  getToken(scope: string): Promise<{ token: string }>;
}

/**
 * What one sign-in observed. The library's own error keeps almost none of it
 * (docs/reference/microsoft-graph.md section 7.2).
 */
interface Attempt {
  refusal: SignInRefusal | null;
  /** Why no response came, such as `ECONNREFUSED`. */
  networkFailure: string | null;
  /** Whether a response came. */
  responded: boolean;
  /** An error of ours, thrown inside the library: of the assertion, or of a host that may not be asked. */
  failure: SyncError | null;
}

const nothing: Attempt = { refusal: null, networkFailure: null, responded: false, failure: null };

/**
 * Signs the application of `settings` in at its own tenant.
 * @throws ConfigurationError when the credential is unusable
 */
export function createEntraSignIn(
  settings: EntraSourceSettings,
  endpoints: Endpoints,
  sending: Sending,
): EntraSignIn {
  const attempt: Attempt = { ...nothing };
  const options = signInOptions(endpoints, sending, attempt);
  const make = () => makeCredential(settings, endpoints, options, attempt);
  let credential = make();
  let running: Promise<string> | null = null;

  async function signIn(): Promise<string> {
    Object.assign(attempt, nothing);
    try {
      return (await credential.getToken(endpoints.scope)).token;
    } catch (error) {
      // After a 5xx the library itself refuses for a minute. When to retry is Temporal's decision.
      credential = make();
      throw signInError(error, attempt, settings);
    }
  }

  const token = () => {
    running ??= signIn().finally(() => {
      running = null;
    });
    return running;
  };

  return {
    token,
    async tokenAfter(rejected) {
      const current = await token();
      if (current !== rejected) return current;
      // Another caller may have replaced the credential meanwhile: then one more sign-in does no harm.
      credential = make();
      return token();
    },
  };
}

/** How requests are sent. */
interface Sending {
  timeoutMs: number;
  fetch: typeof fetch;
}

function signInOptions(
  endpoints: Endpoints,
  sending: Sending,
  attempt: Attempt,
): ClientSecretCredentialOptions {
  return {
    authorityHost: endpoints.login,
    disableInstanceDiscovery: !endpoints.loginIsMicrosoft,
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    httpClient: watchedClient(sending, attempt),
  };
}

/** Sends the library's requests: the library finds addresses in responses, and its own client would ask any of them. */
function watchedClient(sending: Sending, attempt: Attempt): HttpClient {
  return {
    async sendRequest(request) {
      const { url, method, body } = request;
      if (method !== 'GET' && method !== 'POST') throw new Error(`A sign-in by ${method}.`);
      const content = typeof body === 'string' ? { body } : {};
      const headers = request.headers.toJSON();
      const {
        status,
        headers: received,
        body: bodyAsText,
      } = await exchange({
        ...{ url, method, headers },
        ...content,
        ...sending,
      }).catch((error: unknown) => {
        if (error instanceof SyncError) attempt.failure = error;
        else attempt.networkFailure = networkFailure(error).code ?? 'connection lost';
        throw error;
      });
      attempt.responded = true;
      if (status >= 400)
        attempt.refusal = { status, retryAfterMs: retryAfterMsOf(received), body: bodyAsText };
      return { request, status, headers: createHttpHeaders(Object.fromEntries(received)), bodyAsText };
    },
  };
}

function makeCredential(
  { tenantId, clientId, credential }: EntraSourceSettings,
  { exchangeScope }: Endpoints,
  options: ClientSecretCredentialOptions,
  attempt: Attempt,
): Credential {
  const byAssertion = (assertion: () => Promise<string>) =>
    new ClientAssertionCredential(tenantId, clientId, keepFailure(assertion, attempt), options);
  switch (credential.kind) {
    case 'secret':
      return new ClientSecretCredential(tenantId, clientId, credential.secret, options);
    case 'certificate':
      assertPem(credential.pem);
      return new ClientCertificateCredential(tenantId, clientId, { certificate: credential.pem }, options);
    case 'federatedToken':
      return byAssertion(credential.read);
    case 'managedIdentity': {
      const identity = new ManagedIdentityCredential({ clientId: credential.clientId });
      return byAssertion(() => identityToken(identity, credential.clientId, exchangeScope));
    }
  }
}

/** The library keeps only the message of an error of the assertion; this keeps the error itself. */
function keepFailure(assertion: () => Promise<string>, attempt: Attempt): () => Promise<string> {
  return () =>
    assertion().catch((error: unknown) => {
      if (error instanceof SyncError) attempt.failure = error;
      throw error;
    });
}

function assertPem(pem: string): void {
  try {
    createPrivateKey(pem);
    new X509Certificate(pem);
  } catch {
    throw new ConfigurationError('The certificate of the Entra application is not usable.', {
      remedy:
        'source.credential.certificate must point to PEM text: the certificate and its private key, not encrypted.',
    });
  }
}

/** The token of a managed identity of this machine, by which an application proves itself. @throws TransientError */
export const identityAssertion = (clientId: string, exchangeScope: string): Promise<string> =>
  identityToken(new ManagedIdentityCredential({ clientId }), clientId, exchangeScope);

async function identityToken(
  identity: ManagedIdentityCredential,
  clientId: string,
  exchangeScope: string,
): Promise<string> {
  try {
    return (await identity.getToken(exchangeScope)).token;
  } catch {
    throw new TransientError(`The managed identity ${clientId} returned no token on this machine.`, {
      remedy: 'Check that the identity is assigned to this machine and that its identity endpoint responds.',
    });
  }
}

function signInError(error: unknown, attempt: Attempt, { tenantId }: EntraSourceSettings): SyncError {
  if (attempt.failure) return attempt.failure;
  if (attempt.refusal) return refusalError(attempt.refusal);
  // The library's own text may quote the response, so neither it nor its cause is passed on.
  const reason = attempt.networkFailure ?? (error instanceof Error ? error.name : 'unknown error');
  if (attempt.responded && attempt.networkFailure === null) {
    return new TransientError(
      `No sign-in for tenant ${tenantId}: the sign-in service answered in a way that cannot be used (${reason}).`,
      {
        remedy:
          'Give source.endpoints.login the address that the service has in its own /.well-known/openid-configuration (`issuer`), and check any proxy in between.',
      },
    );
  }
  return new TransientError(
    `No sign-in for tenant ${tenantId}: the sign-in service did not respond (${reason}).`,
    { remedy: networkRemedy },
  );
}
