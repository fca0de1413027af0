/**
 * A set-up that was begun in another browser: the administrator who signed in to the directory there may go on here, after
 * the same sign-in. Only those who have the link get this far, and every other account is turned away.
 */
import { Hono } from 'hono';
import { z } from 'zod';
import { digestOf } from '../../../client/remote/begin/invitation.ts';
import { queryWorker } from '../../../client/remote/query.ts';
import { movedSetUpProof } from '../../../domain/contract/set-up.ts';
import { sealSecret } from '../../../store/set-up/stored-secrets.ts';
import { dropCookie, readCookie, writeCookie } from '../cookies.ts';
import type { ConsoleContext, ConsoleEnv } from '../deps.ts';
import { sendPage } from '../layout.tsx';
import { sendTooOften } from '../plain-pages.tsx';
import { goOnHere } from './current.ts';
import { adminSignInPage, type EntraSetUp, entraSetUpOf, signedInAdmin } from './directory/entra-sign-in.ts';
import { openDraft, pendingAnswer } from './draft.ts';
import { sendLinkOver } from './link-over.tsx';
import { newPending } from './pending.ts';
import { setUpPath } from './steps.tsx';

const cookieSeconds = 600;
const takingOver = pendingAnswer.extend({ link: z.string(), what: z.literal('signIn') });

/** Mounted at `/set-up`, before the pages of the steps, which take the answers of all other sign-ins. */
export function takeOverRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/:token/go-on', begin);
  app.get('/signed-in', async (context, next) => {
    const { data } = takingOver.safeParse(await readCookie(context, 'taking over'));
    if (data === undefined || data.state !== context.req.query('state')) return await next();
    dropCookie(context, 'taking over');
    return await end(context, data);
  });
  return app;
}

interface OthersSetUp extends EntraSetUp {
  adminId: string;
}

/** The set-up of an opened link, where the directory can say who began it; null otherwise. */
export async function othersSetUp(
  { var: { deps } }: ConsoleContext,
  link: string,
): Promise<OthersSetUp | null> {
  const report = await queryWorker(deps.client, { about: 'openedSetUp', link });
  if (report === null) return null;
  const { tenant } = report;
  const draft = openDraft(deps.keys, tenant, report.draft);
  const entra = entraSetUpOf(deps, { tenant, draft });
  return entra && draft.admin && { ...entra, adminId: draft.admin.id };
}

export const sendTakeOver = (context: ConsoleContext): Promise<Response> =>
  sendPage(context, {
    title: 'Go on in this browser',
    body: (
      <>
        <p>
          The set-up was begun in another browser. Sign in to your directory as the administrator who
          consented, and go on here with all that was answered. The other browser cannot go on then.
        </p>
        <div class="actions">
          <a class="button" href={`${context.req.path}/go-on`}>
            Sign in and go on
          </a>
        </div>
      </>
    ),
  });

async function begin(context: ConsoleContext): Promise<Response> {
  const { deps } = context.var;
  const link = digestOf(context.req.param('token') ?? '');
  const setUp = await othersSetUp(context, link);
  if (setUp === null) return await sendLinkOver(context);
  if (!(await deps.signInLimits.allow(context, setUp.tenant))) return await sendTooOften(context);
  const pending = newPending('signIn');
  const address = await adminSignInPage(deps, setUp, pending);
  await writeCookie(context, 'taking over', { link, ...pending }, cookieSeconds);
  return context.redirect(address, 302);
}

async function end(
  context: ConsoleContext,
  { link, ...pending }: z.output<typeof takingOver>,
): Promise<Response> {
  const { deps } = context.var;
  const setUp = await othersSetUp(context, link);
  if (setUp === null) return await sendLinkOver(context);
  const { search: parameters } = new URL(context.req.url);
  const admin = await signedInAdmin(deps, setUp, { pending, parameters });
  if ('refusal' in admin) return await turnAway(context, admin.refusal);
  const { directoryId, adminId, tenant } = setUp;
  if (admin.directoryId !== directoryId || admin.personId !== adminId)
    return await turnAway(context, 'another account');
  const { name, textOf } = movedSetUpProof;
  const isHere = await goOnHere(context, link, (browser) => {
    const encrypted = sealSecret(deps.keys, tenant, name, textOf(browser)).toString('base64');
    return queryWorker(deps.client, { about: 'moveSetUp', ...browser, proof: { name, encrypted } });
  });
  return isHere ? context.redirect(setUpPath, 303) : await sendLinkOver(context);
}

async function turnAway(context: ConsoleContext, reason: string): Promise<Response> {
  context.var.deps.log.warn({ reason }, 'the console did not let a set-up go on in another browser');
  return await sendPage(context, {
    title: 'You cannot go on here',
    status: 403,
    body: (
      <p>
        The sign-in did not come to an end that counts, or it was another account than the one that consented.
        Open the link again and sign in with that account, or ask for a new link: what was answered is not
        lost.
      </p>
    ),
  });
}
