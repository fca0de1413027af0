/** The set-up that a browser goes on with: a sealed cookie says which, and every request asks whether it still may. */
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import { digestOf } from '../../../client/remote/begin/invitation.ts';
import { randomText } from '../../../client/remote/begin/sign-in-secrets.ts';
import { queryWorker } from '../../../client/remote/query.ts';
import type { SetUpBrowser, SetUpReport } from '../../../domain/contract/set-up.ts';
import { sealSecret } from '../../../store/set-up/stored-secrets.ts';
import { readCookie, writeCookie } from '../cookies.ts';
import type { ConsoleContext, ConsoleEnv } from '../deps.ts';
import { formTokenOf, isFormToken } from '../form-token.ts';
import { postedFields } from '../kept-form.ts';
import { sendForeignForm, sendTooLarge } from '../plain-pages.tsx';
import { openDraft, type SetUpDraft, sealDraft } from './draft.ts';
import { sendLinkOver } from './link-over.tsx';

export interface CurrentSetUp {
  browser: SetUpBrowser;
  tenant: string;
  draft: SetUpDraft;
}

export interface SetUpEnv {
  Variables: ConsoleEnv['Variables'] & { setUp: CurrentSetUp };
}

export type SetUpContext = Context<SetUpEnv>;

/** As long as the browser may go on. */
const cookieSeconds = 14 * 86_400;

const kept = z.object({ link: z.string(), secret: z.string() });

/** What the browser keeps of a set-up; null when there is nothing. */
async function keptIn(context: ConsoleContext): Promise<SetUpBrowser | null> {
  const { data } = kept.safeParse(await readCookie(context, 'set-up'));
  return data ? { link: data.link, browser: digestOf(data.secret) } : null;
}

/** Whether this browser has opened the link. */
export async function hasOpened(context: ConsoleContext, link: string): Promise<boolean> {
  const browser = await keptIn(context);
  if (browser?.link !== link) return false;
  return (await queryWorker(context.var.deps.client, { about: 'setUp', ...browser })) !== null;
}

/** Opens the link for this browser. False when it cannot be opened. */
export const openLink = (context: ConsoleContext, link: string): Promise<boolean> =>
  goOnHere(context, link, (browser) =>
    queryWorker(context.var.deps.client, { about: 'openSetUp', ...browser }),
  );

/** Lets this browser go on with a set-up, if a worker agrees. False when it does not. */
export async function goOnHere(
  context: ConsoleContext,
  link: string,
  ask: (browser: SetUpBrowser) => Promise<SetUpReport | null>,
): Promise<boolean> {
  const secret = randomText();
  if ((await ask({ link, browser: digestOf(secret) })) === null) return false;
  await writeCookie(context, 'set-up', { link, secret }, cookieSeconds);
  return true;
}

/** Lets only the browser of an open set-up go on, and takes only its own forms. */
export const withSetUp = createMiddleware<SetUpEnv>(async (context, next) => {
  const { deps } = context.var;
  const plain = context as unknown as ConsoleContext;
  const browser = await keptIn(plain);
  const report = browser && (await queryWorker(deps.client, { about: 'setUp', ...browser }));
  if (!browser || !report) return await sendLinkOver(plain);
  const formId = `set-up ${browser.browser}`;
  context.set('formToken', formTokenOf(deps.keys, formId));
  context.set('setUp', currentOf(deps, browser, report));
  context.set('form', new URLSearchParams());
  if (context.req.method === 'POST') {
    const posted = await postedFields(plain);
    if (posted === null) return await sendTooLarge(plain);
    if (!isFormToken(deps.keys, formId, posted.token)) return await sendForeignForm(plain);
    context.set('form', posted.fields);
  }
  return await next();
});

const currentOf = (
  { keys }: ConsoleEnv['Variables']['deps'],
  browser: SetUpBrowser,
  { tenant, draft }: SetUpReport,
): CurrentSetUp => ({ browser, tenant, draft: openDraft(keys, tenant, draft) });

/** Secrets by their names, `store:<name>` in the tenant file. */
export type GivenSecrets = Readonly<Record<string, string>>;

/**
 * Keeps answers, and secrets that were given with them. The page goes on with the new draft.
 * @throws Error when the set-up has ended meanwhile: then nothing was kept
 */
export async function keepAnswers(
  { var: { deps, setUp } }: SetUpContext,
  change: Partial<SetUpDraft>,
  given: GivenSecrets = {},
): Promise<void> {
  const { browser, tenant } = setUp;
  setUp.draft = { ...setUp.draft, ...change };
  const secrets = Object.entries(given).map(([name, secret]) => ({
    name,
    encrypted: sealSecret(deps.keys, tenant, name, secret).toString('base64'),
  }));
  const draft = sealDraft(deps.keys, tenant, setUp.draft);
  const isKept = await queryWorker(deps.client, { about: 'saveSetUp', ...browser, draft, secrets });
  if (!isKept) throw new Error('The set-up has ended.');
}
