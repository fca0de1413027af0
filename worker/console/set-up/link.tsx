/** The link itself. Opening its page changes nothing, because programs that scan messages open every link: a button does. */
import { Hono } from 'hono';
import { digestOf } from '../../../client/remote/begin/invitation.ts';
import { queryWorker } from '../../../client/remote/query.ts';
import type { ConsoleContext, ConsoleEnv } from '../deps.ts';
import { formTokenOf, isFormToken } from '../form-token.ts';
import { postedFields } from '../kept-form.ts';
import { FormToken, sendPage } from '../layout.tsx';
import { sendForeignForm, sendTooLarge } from '../plain-pages.tsx';
import { hasOpened, openLink } from './current.ts';
import { sendLinkOver } from './link-over.tsx';
import { setUpPath } from './steps.tsx';
import { othersSetUp, sendTakeOver } from './take-over.tsx';

/** Mounted at `/set-up`, behind the pages of the steps. */
export function linkRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/:token', async (context) => {
    const link = linkIn(context);
    if (await hasOpened(context, link)) return context.redirect(setUpPath, 302);
    const isUnopened = await queryWorker(context.var.deps.client, { about: 'linkUnopened', link });
    if (isUnopened) return await sendBegin(context);
    return (await othersSetUp(context, link)) ? await sendTakeOver(context) : await sendLinkOver(context);
  });
  app.post('/:token', async (context) => {
    const link = linkIn(context);
    const posted = await postedFields(context);
    if (posted === null) return await sendTooLarge(context);
    if (!isFormToken(context.var.deps.keys, formIdOf(link), posted.token))
      return await sendForeignForm(context);
    if (await openLink(context, link)) return context.redirect(setUpPath, 303);
    return (await hasOpened(context, link)) ? context.redirect(setUpPath, 303) : await sendLinkOver(context);
  });
  return app;
}

const linkIn = (context: ConsoleContext) => digestOf(context.req.param('token') ?? '');
const formIdOf = (link: string) => `link ${link}`;

const sendBegin = (context: ConsoleContext) =>
  sendPage(context, {
    title: 'Set up the sync to Timely',
    body: (
      <>
        <p>
          You connect your company's directory and your Timely account, choose who comes into Timely, and see
          what would happen before anything does. It takes about five minutes.
        </p>
        <p>You need to be an administrator of the directory, and an Admin of the Timely account.</p>
        <p>The link works once: from now on this browser goes on, also on another day, for two weeks.</p>
        <form method="post" action={context.req.path}>
          <FormToken value={formTokenOf(context.var.deps.keys, formIdOf(linkIn(context)))} />
          <button type="submit">Begin</button>
        </form>
      </>
    ),
  });
