/** Pages that say no more than they have to: they may be seen by anybody. */
import { oneLine } from '../../domain/shown-text.ts';
import type { ConsoleContext } from './deps.ts';
import { FormToken, sendPage } from './layout.tsx';

/** For every address that is none, or not one of this person's: it does not say which. */
export const sendNotFound = (context: ConsoleContext): Promise<Response> =>
  sendPage(context, {
    title: 'There is nothing here for you',
    status: 404,
    body: <p>Open the link of your message again, or ask who runs the sync in your company.</p>,
  });

/** The person is signed in, and listed nowhere. */
export const sendNotForYou = (context: ConsoleContext): Promise<Response> =>
  sendPage(context, {
    title: 'Not for you',
    status: 403,
    body: (
      <p>
        You are signed in as {oneLine(context.var.viewer.address || context.var.viewer.name)}, and this page
        is not for this account. Sign out to use another one, or ask who runs the sync in your company.
      </p>
    ),
  });

/** `signIn`: where to sign in anew. */
export const sendSignedOut = (context: ConsoleContext, signIn: string): Promise<Response> =>
  sendPage(context, {
    title: 'Signed out',
    body: (
      <>
        <p>You are signed out here. Your company's own sign-in may still be open in this browser.</p>
        <p>
          <a href={`${signIn}?account=other`}>Sign in again</a>, with this account or another one.
        </p>
      </>
    ),
  });

/** `again`: the page that the person wanted to see; null when nothing says which. */
export const sendNotSignedIn = (context: ConsoleContext, again: string | null): Promise<Response> =>
  sendPage(context, {
    title: 'You are not signed in',
    status: 403,
    body: (
      <>
        <p>
          The sign-in did not come to an end that counts: it was declined, took too long, or was not this one.
        </p>
        <p>{again === null ? 'Open the link of your message again.' : <a href={again}>Sign in again</a>}</p>
      </>
    ),
  });

export const sendForeignForm = (context: ConsoleContext): Promise<Response> =>
  sendPage(context, {
    title: 'Nothing was done',
    status: 403,
    body: (
      <p>What was sent did not come from a page of this site. Open the page again and send it from there.</p>
    ),
  });

export const sendTooLarge = (context: ConsoleContext): Promise<Response> =>
  sendPage(context, {
    title: 'Too much at once',
    status: 413,
    body: <p>What was sent is larger than any form of this site. Nothing was done.</p>,
  });

export const sendTooOften = (context: ConsoleContext): Promise<Response> =>
  sendPage(context, {
    title: 'Too many sign-ins',
    status: 429,
    body: <p>Too many sign-ins were begun from where you are. Wait a minute, then open the link again.</p>,
  });

/** `reason`: a sentence that is fit for the person in front of the page. */
export const sendTrouble = (
  context: ConsoleContext,
  { reason, isPassing }: { reason: string; isPassing: boolean },
): Promise<Response> =>
  sendPage(context, {
    title: isPassing ? 'Not now' : 'That did not work',
    status: isPassing ? 503 : 500,
    body: (
      <>
        <p>{reason}</p>
        <p>Open the page again to see what counts.</p>
      </>
    ),
  });

/** The form is kept (kept-form.ts), and its page shows it again after the sign-in at `signIn`. */
export const sendFormKept = (context: ConsoleContext, signIn: string): Promise<Response> =>
  sendPage(context, {
    title: 'Not sent yet',
    status: 401,
    body: (
      <>
        <p>Your sign-in has ended. What you filled in is kept for ten minutes, and nothing was done yet.</p>
        <p>
          <a class="button" href={signIn}>
            Sign in again
          </a>
        </p>
      </>
    ),
  });

/**
 * The form of an earlier session, to be sent again as it was: the person has signed in anew, and nothing has been done yet.
 * `signIn`: the address to sign in at first, where there is no session.
 */
export const sendFormAgain = (
  context: ConsoleContext,
  { fields, signIn }: { fields: URLSearchParams; signIn: string | null },
): Promise<Response> =>
  sendPage(context, {
    title: 'Not sent yet',
    status: 401,
    body: (
      <>
        {signIn === null ? (
          <p>The page was made for an earlier sign-in. What you filled in is still here: send it again.</p>
        ) : (
          <p>
            Your sign-in has ended. What you filled in is still here.{' '}
            <a href={signIn} target="_blank" rel="noopener">
              Sign in again in another window
            </a>
            , then come back and send it again.
          </p>
        )}
        <form method="post" action={context.req.path}>
          <FormToken value={context.var.formToken ?? ''} />
          {[...fields].map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <button type="submit">Send again</button>
        </form>
      </>
    ),
  });
