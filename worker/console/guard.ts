/** Lets only those behind a tenant's pages who may be there. */
import type { Next } from 'hono';
import { createMiddleware } from 'hono/factory';
import { operatorPages, pagesBelow } from '../../domain/console-pages.ts';
import { addressKey } from '../../domain/people/address.ts';
import type { ConsoleContext, ConsoleEnv, Viewer } from './deps.ts';
import { formTokenOf, isFormToken } from './form-token.ts';
import { keepForm, postedFields, takeKeptForm } from './kept-form.ts';
import { sendFormAgain, sendFormKept, sendNotForYou, sendNotFound, sendTooLarge } from './plain-pages.tsx';
import { type ConsoleSession, currentSession } from './session.ts';

/** Below `/t/:place`: the tenant of the address. An address that we did not make is like one that leads nowhere. */
export const tenantOfAddress = createMiddleware<ConsoleEnv>(async (context, next) => {
  const { links } = context.var.deps;
  const tenant = links.tenantOf(context.req.param('place') ?? '');
  if (tenant === null) return await sendNotFound(context);
  context.set('tenant', tenant);
  // The path as it was opened: an address of an earlier key stays in use.
  context.set('base', `/t/${context.req.param('place')}`);
  return await next();
});

/** Reads the cookie once, for what comes before the guard and for the guard. */
export const readSession = createMiddleware<ConsoleEnv>(async (context, next) => {
  context.set('cookieOf', await currentSession(context));
  await next();
});

/** Asks for a session of this tenant, or of an operator; else the person signs in first. What they sent is not lost. */
export const signedIn = createMiddleware<ConsoleEnv>(async (context, next) => {
  const { tenant, cookieOf: session } = context.var;
  if (session === null || (session.tenant !== tenant && !isOperator(context, session)))
    return await askToSignIn(context, pagesBelow(context.var.base).signIn);
  enter(context, session, await viewerOf(context, session));
  const { viewer } = context.var;
  if (!viewer.mayLook && !viewer.mayDecide) return await sendNotForYou(context);
  return await withForm(context, next);
});

/** For pages that are no tenant's: asks for the session of an operator. */
export const operatorsOnly = createMiddleware<ConsoleEnv>(async (context, next) => {
  const session = await currentSession(context);
  context.set('base', '');
  context.set('tenant', '');
  if (session === null || session.tenant !== null) return await askToSignIn(context, operatorPages.signIn);
  enter(context, session, await viewerOf(context, session));
  if (!isOperator(context, session)) return await sendNotForYou(context);
  return await withForm(context, next);
});

/** For pages that people look others up on. */
export const mayLook = createMiddleware<ConsoleEnv>(async (context, next) =>
  context.var.viewer.mayLook ? await next() : await sendNotForYou(context),
);

function enter(context: ConsoleContext, session: ConsoleSession, viewer: Viewer): void {
  context.set('session', session);
  context.set('formToken', formTokenOf(context.var.deps.keys, session.id));
  context.set('viewer', viewer);
}

/** Takes a form only from a page of this session, and gives a page what was kept for it. */
async function withForm(context: ConsoleContext, next: Next): Promise<Response | undefined> {
  const { session, deps } = context.var;
  const isPosted = context.req.method === 'POST';
  context.set('kept', context.req.method === 'GET' ? await takeKeptForm(context) : null);
  context.set('form', new URLSearchParams());
  if (isPosted) {
    const posted = await postedFields(context);
    if (posted === null) return await sendTooLarge(context);
    const { token, fields } = posted;
    // It comes from this site (app.ts), but from an earlier session: the person sends it again, knowing it.
    if (!isFormToken(deps.keys, session.id, token))
      return await sendFormAgain(context, { fields, signIn: null });
    context.set('form', fields);
  }
  await next();
  return undefined;
}

/** Whether a session is of somebody who runs the installation: they are looked up afresh, as everybody is. */
export function isOperator(
  { var: { deps } }: ConsoleContext,
  { tenant, addresses }: ConsoleSession,
): boolean {
  const listed = (deps.settings.operators?.addresses ?? []).map(addressKey);
  return tenant === null && addresses.some((address) => listed.includes(addressKey(address)));
}

async function viewerOf(context: ConsoleContext, session: ConsoleSession): Promise<Viewer> {
  const { tenant, deps } = context.var;
  const { name, subject, addresses } = session;
  if (session.tenant === null)
    return {
      ...{ tenant, subject, name, address: addresses[0] ?? '' },
      ...{ mayDecide: false, mayLook: true, isWhoNamed: true, operator: true },
    };
  const { by, name: known, ...rights } = await deps.whoMay(tenant, { subject, addresses });
  return { tenant, subject, address: by ?? '', name: known ?? name, operator: false, ...rights };
}

/** `signInPage`: where people sign in. */
async function askToSignIn(context: ConsoleContext, signInPage: string): Promise<Response> {
  const page = context.req.path;
  const isPosted = context.req.method === 'POST';
  const query = isPosted ? '' : new URL(context.req.url).search;
  const signIn = `${signInPage}?${new URLSearchParams({ to: `${page}${query}` })}`;
  if (!isPosted) return context.redirect(signIn, 302);
  // Not a redirect: browsers follow none from a form to another site (form-action, headers.ts).
  const posted = await postedFields(context);
  if (posted === null) return await sendTooLarge(context);
  const { fields } = posted;
  if (await keepForm(context, fields)) return await sendFormKept(context, signIn);
  return await sendFormAgain(context, { fields, signIn });
}
