/** Signing in and out: by the tenant's own directory, or for operators by that of the installation. */
import { Hono } from 'hono';
import { signInPage } from '../../../activities/sign-in/open-id.ts';
import { signInOutcome } from '../../../activities/sign-in/person-sign-in.ts';
import { exitCodes } from '../../../client/exit-codes.ts';
import { explainError } from '../../../client/explain-error.ts';
import { queryWorker } from '../../../client/remote/query.ts';
import { operatorPages, pagesBelow } from '../../../domain/console-pages.ts';
import type { PersonSignInAnswer, PersonSignInRequest } from '../../../domain/contract/person-sign-in.ts';
import type { ConsoleContext, ConsoleEnv } from '../deps.ts';
import { sendNotFound, sendNotSignedIn, sendSignedOut, sendTooOften, sendTrouble } from '../plain-pages.tsx';
import { beginSession, endSession } from '../session.ts';
import { type BegunSignIn, keepSignIn, newSignIn, signInRedirectOf, takeSignIn } from './begun-sign-ins.ts';
import type { SignInLimits } from './limits.ts';

/** Mounted below `/t/:place`, before the guard. */
export function tenantSignInRoutes(limits: SignInLimits): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/sign-in', (context) => {
    const { tenant, base } = context.var;
    return begin(context, limits, { tenant, to: pathWithin(base, context.req.query('to')) });
  });
  app.post('/sign-out', (context) => signOut(context, pagesBelow(context.var.base).signedOut));
  app.get('/signed-out', (context) => sendSignedOut(context, pagesBelow(context.var.base).signIn));
  return app;
}

/** Mounted at `/operators`. */
export function operatorSignInRoutes(limits: SignInLimits): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/sign-in', (context) => {
    if (context.var.deps.operatorService === null) return sendNotFound(context);
    const to = pathWithin(operatorPages.tenants, context.req.query('to'));
    return begin(context, limits, { tenant: null, to });
  });
  app.post('/sign-out', (context) => signOut(context, operatorPages.signedOut));
  app.get('/signed-out', (context) => sendSignedOut(context, operatorPages.signIn));
  return app;
}

/** Where sign-in services lead back to: one address for all tenants. Mounted at `/sign-in`. */
export function callbackRoutes(limits: SignInLimits): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/callback', (context) => end(context, limits));
  return app;
}

/** A cookie keeps the path. */
const pathMax = 500;

/** Only pages of this tenant: an address from elsewhere leads to its first page, and so does one that is too long. */
function pathWithin(base: string, to = ''): string {
  if (to.length > pathMax) return base;
  const origin = 'https://here.invalid';
  const url = URL.canParse(to, origin) ? new URL(to, origin) : null;
  const isWithin = url?.pathname === base || url?.pathname.startsWith(`${base}/`);
  return url?.origin === origin && isWithin ? `${url.pathname}${url.search}` : base;
}

/** Sends the browser to the sign-in service. */
async function begin(
  context: ConsoleContext,
  limits: SignInLimits,
  { tenant, to }: Pick<BegunSignIn, 'tenant' | 'to'>,
): Promise<Response> {
  if (!(await limits.allow(context, tenant))) return await sendTooOften(context);
  const begun = newSignIn(tenant, to);
  const { state, nonce, codeChallenge } = begun;
  const asksForAccount = context.req.query('account') === 'other';
  const request = {
    redirectUri: signInRedirectOf(context.var.deps),
    state,
    nonce,
    codeChallenge,
    asksForAccount,
  };
  try {
    const address = await addressFor(context, tenant, request);
    await keepSignIn(context, begun);
    return context.redirect(address, 302);
  } catch (error) {
    return await notSetUp(context, tenant, error);
  }
}

/** Ends a sign-in: the person is who the service says, or nobody. */
async function end(context: ConsoleContext, limits: SignInLimits): Promise<Response> {
  const begun = await takeSignIn(context, context.req.query('state') ?? '');
  if (begun === null) return await refuse(context, null, 'an answer to no sign-in of this browser');
  const { tenant, to, ...secrets } = begun;
  if (!(await limits.allow(context, tenant))) return await sendTooOften(context);
  const parameters = new URL(context.req.url).search;
  const answer = { parameters, redirectUri: signInRedirectOf(context.var.deps), ...secrets };
  const outcome = await outcomeFor(context, tenant, answer);
  if ('refusal' in outcome) return await refuse(context, begun, outcome.refusal);
  await beginSession(context, tenant, outcome.person);
  context.var.deps.log.info({ tenant }, 'a person signed in to the console');
  return context.redirect(to, 303);
}

/** A tenant's by its workers, which have its secrets; an operator's here. */
async function addressFor(
  { var: { deps } }: ConsoleContext,
  tenant: string | null,
  request: PersonSignInRequest,
): Promise<string> {
  if (tenant !== null)
    return await queryWorker(deps.client, { about: 'personSignInPage', tenant, ...request });
  if (deps.operatorService === null) throw new Error('There are no operators.');
  return await signInPage(deps.operatorService, request);
}

async function outcomeFor(
  { var: { deps } }: ConsoleContext,
  tenant: string | null,
  answer: PersonSignInAnswer,
) {
  if (tenant !== null) return await queryWorker(deps.client, { about: 'personSignedIn', tenant, ...answer });
  if (deps.operatorService === null) return { refusal: 'there are no operators' };
  return await signInOutcome(deps.operatorService, answer);
}

/** The log has the reason. The page has none: somebody who forges an answer learns nothing. */
async function refuse(context: ConsoleContext, begun: BegunSignIn | null, reason: string): Promise<Response> {
  context.var.deps.log.warn({ tenant: begun?.tenant ?? null, reason }, 'the console refused a sign-in');
  return await sendNotSignedIn(context, begun?.to ?? null);
}

async function notSetUp(context: ConsoleContext, tenant: string | null, error: unknown): Promise<Response> {
  const explained = explainError(error);
  if (explained.exitCode !== exitCodes.wrongUse) throw error;
  context.var.deps.log.warn({ tenant, reason: explained.message }, 'nobody can sign in to the console');
  const reason =
    'Nobody can sign in here yet. Ask who runs the sync: the log of the worker says what is missing.';
  return await sendTrouble(context, { reason, isPassing: false });
}

/** A form of this site is enough: signing out harms nobody, and has to work in an ended session as well. */
function signOut(context: ConsoleContext, signedOutPage: string): Response {
  endSession(context);
  return context.redirect(signedOutPage, 303);
}
