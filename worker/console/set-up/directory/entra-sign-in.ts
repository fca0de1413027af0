/**
 * Signs an administrator in to a directory of Entra ID by the application of the installation. The consent itself proves
 * nothing: its answer is an address that anybody may type (docs/reference/microsoft-graph.md section 7.1).
 */
import { z } from 'zod';
import { entraAuthentication } from '../../../../activities/sign-in/entra-authentication.ts';
import { type OpenIdService, signedInPerson, signInPage } from '../../../../activities/sign-in/open-id.ts';
import { challengeOf } from '../../../../client/remote/begin/sign-in-secrets.ts';
import { endpointRules } from '../../../../config/policy/host-rules.ts';
import { workerSecret } from '../../../../config/policy/secrets.ts';
import type { SharedApplication } from '../../../../config/policy/shared-application.ts';
import { microsoftLogin } from '../../../../config/source-settings.ts';
import { guardedFetch } from '../../../../http/guarded-fetch.ts';
import type { ConsoleDeps } from '../../deps.ts';
import type { Pending, SetUpDraft } from '../draft.ts';

const graphScope = 'https://graph.microsoft.com/.default';

/** Where Microsoft leads back to. */
const consentedPath = '/set-up/consented';
const signedInPath = '/set-up/signed-in';

/** Who signed in, as the directory says. */
export interface SignedInAdmin {
  directoryId: string;
  personId: string;
  /** For people only. */
  name: string;
}

/** A set-up by the application of the installation. */
export interface EntraSetUp {
  application: SharedApplication;
  directoryId: string;
  tenant: string;
}

/** The application, and the directory that a set-up is for; null when this way was not chosen. */
export function entraSetUpOf(
  { policy: { entraApplication: application } }: ConsoleDeps,
  { tenant, draft: { isShared, answers } }: { tenant: string; draft: SetUpDraft },
): EntraSetUp | null {
  const { directoryId } = answers;
  if (application === null || !isShared || directoryId === undefined) return null;
  return { application, directoryId, tenant };
}

const adminClaims = z.object({
  tid: z.string(),
  oid: z.string(),
  preferred_username: z.string().optional(),
  name: z.string().optional(),
});

const loginOf = ({ setUp }: ConsoleDeps) => setUp.endpoints.login ?? microsoftLogin;

/** The page on which an administrator consents for the whole directory. */
export function consentAddress(
  deps: ConsoleDeps,
  { application, directoryId }: EntraSetUp,
  { state }: Pending,
): string {
  const address = new URL(`${loginOf(deps)}/${directoryId}/v2.0/adminconsent`);
  address.search = new URLSearchParams({
    client_id: application.clientId,
    scope: graphScope,
    redirect_uri: `${deps.settings.url}${consentedPath}`,
    state,
  }).toString();
  return address.href;
}

/** The page on which the administrator signs in. Throws as `signInPage`. */
export async function adminSignInPage(
  deps: ConsoleDeps,
  entra: EntraSetUp,
  pending: Pending,
): Promise<string> {
  return await signInPage(await serviceOf(deps, entra), {
    redirectUri: `${deps.settings.url}${signedInPath}`,
    state: pending.state,
    nonce: pending.nonce,
    codeChallenge: challengeOf(pending.codeVerifier),
    // The browser may be signed in to another account than the one that consented.
    asksForAccount: true,
  });
}

/** Trades the code of a sign-in. `parameters`: what the browser came back with. Throws as `signInPage`. */
export async function signedInAdmin(
  deps: ConsoleDeps,
  entra: EntraSetUp,
  { pending, parameters }: { pending: Pending; parameters: string },
): Promise<SignedInAdmin | { refusal: string }> {
  const { state, nonce, codeVerifier } = pending;
  const redirectUri = `${deps.settings.url}${signedInPath}`;
  const answer = { parameters, redirectUri, state, nonce, codeVerifier };
  const result = await signedInPerson(await serviceOf(deps, entra), answer);
  if ('refusal' in result) return result;
  const { data } = adminClaims.safeParse(result.claims);
  if (!data) return { refusal: 'the token names no person' };
  const { tid, oid, preferred_username: signInName, name } = data;
  return { directoryId: tid.toLowerCase(), personId: oid, name: signInName ?? name ?? oid };
}

async function serviceOf(
  deps: ConsoleDeps,
  { application: { clientId, certificate }, directoryId, tenant }: EntraSetUp,
): Promise<OpenIdService> {
  const pem = await workerSecret(certificate, deps.policy);
  return {
    issuer: `${loginOf(deps)}/${directoryId}/v2.0`,
    clientId,
    authentication: await entraAuthentication({ kind: 'certificate', pem }, ''),
    accountPrompt: 'select_account',
    fetch: guardedFetch(endpointRules(deps.policy, tenant)),
  };
}
