/** The console: pages for people who have neither a terminal nor Temporal. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import { exitCodes } from '../../client/exit-codes.ts';
import { explainError } from '../../client/explain-error.ts';
import { askPageAhead } from './approvals/page-ahead.ts';
import { approvalRoutes } from './approvals/routes.tsx';
import type { ConsoleContext, ConsoleDeps, ConsoleEnv } from './deps.ts';
import { operatorsOnly, readSession, signedIn, tenantOfAddress } from './guard.ts';
import { consoleHeaders, notKept } from './headers.ts';
import { lookUpRoutes, tenantListRoutes } from './look-up/routes.tsx';
import { sendForeignForm, sendNotFound, sendTooLarge, sendTrouble } from './plain-pages.tsx';
import { setUpRoutes } from './set-up/routes.tsx';
import { callbackRoutes, operatorSignInRoutes, tenantSignInRoutes } from './sign-in/routes.ts';
import { icon, iconPath, stylePath, styleSheet } from './style.ts';

/** Four times an answer with a thousand chosen changes, the most that one may have. */
const formBytesMax = 262_144;

/** Of what has a new path when it changes. */
const kept = { 'cache-control': `public, max-age=${365 * 24 * 3_600}, immutable` };

export function createConsole(deps: ConsoleDeps): Hono<ConsoleEnv> {
  const { url } = deps.settings;
  const app = new Hono<ConsoleEnv>();
  app.use(async (context, next) => {
    context.set('deps', deps);
    await next();
  });
  app.use(consoleHeaders(url), notKept);
  app.use(
    bodyLimit({ maxSize: formBytesMax, onError: (context) => sendTooLarge(context as ConsoleContext) }),
  );
  // Forms of other sites end here. Each form also proves that it was made for its session (guard.ts).
  app.use(csrf({ origin: url }), onlyForms);
  app.onError((error, context) => answerError(error, context as ConsoleContext));
  app.notFound((context) => sendNotFound(context as ConsoleContext));
  app.get(stylePath, (context) =>
    context.body(styleSheet, 200, { ...kept, 'content-type': 'text/css; charset=utf-8' }),
  );
  const limits = deps.signInLimits;
  app.get(iconPath, (context) => context.body(icon, 200, { ...kept, 'content-type': 'image/svg+xml' }));
  app.route('/sign-in', callbackRoutes(limits));
  app.route('/operators', operatorSignInRoutes(limits));
  app.route('/set-up', setUpRoutes(deps));
  app.use('/tenants/*', operatorsOnly);
  app.route('/tenants', tenantListRoutes(deps));
  app.use('/t/:place/*', tenantOfAddress);
  app.route('/t/:place', tenantSignInRoutes(limits));
  app.use('/t/:place/*', readSession);
  app.get('/t/:place/approvals/:number{[0-9]+}', askPageAhead);
  app.use('/t/:place/*', signedIn);
  app.route('/t/:place/approvals', approvalRoutes(deps));
  app.route('/t/:place', lookUpRoutes(deps));
  return app;
}

/** A form is the only thing that is ever posted. */
async function onlyForms(context: ConsoleContext, next: () => Promise<void>): Promise<Response | undefined> {
  const { method } = context.req;
  const isForm = /^application\/x-www-form-urlencoded\s*(;|$)/.test(context.req.header('content-type') ?? '');
  if (['GET', 'HEAD'].includes(method) || (method === 'POST' && isForm)) {
    await next();
    return undefined;
  }
  return await sendForeignForm(context);
}

/** What went wrong, for the person: never a detail of another system. The log has the class, without names. */
async function answerError(error: Error, context: ConsoleContext): Promise<Response> {
  const { log } = context.var.deps;
  const page = routePath(context);
  if (error instanceof HTTPException && error.status === 403) {
    log.warn({ page }, 'the console refused a form of another site');
    return await sendForeignForm(context);
  }
  const isPassing = explainError(error).exitCode === exitCodes.notReachable;
  log.warn({ page, class: error.name, passing: isPassing }, 'a page of the console failed');
  const reason = isPassing
    ? 'The sync does not answer at the moment. Try again in a minute.'
    : 'Something went wrong on our side, and the log of the worker says what. Tell who runs the sync.';
  return await sendTrouble(context, { reason, isPassing });
}
