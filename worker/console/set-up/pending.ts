/** Answers of other services that a set-up waits for: each is taken once, and the log says which were refused. */
import { routePath } from 'hono/route';
import { randomText } from '../../../client/remote/begin/sign-in-secrets.ts';
import { keepAnswers, type SetUpContext } from './current.ts';
import type { Pending } from './draft.ts';
import { sendRefused } from './refused.tsx';

/** What another service has to send back, once. */
export const newPending = (what: Pending['what']): Pending => ({
  what,
  state: randomText(),
  nonce: randomText(),
  codeVerifier: randomText(),
});

/** What is pending, once: a second answer to it finds nothing. Null for an answer that nobody waits for. */
export async function takePending(context: SetUpContext, what: Pending['what']): Promise<Pending | null> {
  const { pending } = context.var.setUp.draft;
  const isOurs = pending?.what === what && context.req.query('state') === pending.state;
  if (!isOurs) return null;
  await keepAnswers(context, { pending: null });
  return pending;
}

/** `reason`: for the log, which has what kind of answer was refused, never whose. `why`: for the person. */
export function refuseAnswer(
  context: SetUpContext,
  { reason, ...page }: { reason: string; step: string; why: string; again: string },
): Promise<Response> {
  context.var.deps.log.warn(
    { page: routePath(context), reason },
    'the set-up refused an answer of a sign-in service',
  );
  return sendRefused(context, page);
}
