/** Signing in and out: by the tenant's own directory, or for operators by that of the installation. */
import { Hono } from 'hono';
import { operatorPages, pagesBelow } from '../../../domain/console-pages.ts';
import type { ConsoleContext, ConsoleEnv } from '../deps.ts';
import { sendNotFound, sendSignedOut } from '../plain-pages.tsx';
import { endSession } from '../session.ts';

/** Mounted below `/t/:place`, before the guard. */
export function tenantSignInRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/sign-in', (context) => sendNotFound(context));
  app.post('/sign-out', (context) => signOut(context, pagesBelow(context.var.base).signedOut));
  app.get('/signed-out', (context) => sendSignedOut(context, context.var.base));
  return app;
}

/** Mounted at `/operators`. */
export function operatorSignInRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/sign-in', (context) => sendNotFound(context));
  app.post('/sign-out', (context) => signOut(context, operatorPages.signedOut));
  app.get('/signed-out', (context) => sendSignedOut(context, operatorPages.signIn));
  return app;
}

/** Where sign-in services lead back to: one address for all tenants. Mounted at `/sign-in`. */
export function callbackRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/callback', (context) => sendNotFound(context));
  return app;
}

/** A form of this site is enough: signing out harms nobody, and has to work in an ended session as well. */
function signOut(context: ConsoleContext, signedOutPage: string): Response {
  endSession(context);
  return context.redirect(signedOutPage, 303);
}
