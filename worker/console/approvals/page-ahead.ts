/** The page of a request, asked for while the guard finds out what the person may: each takes its round through Temporal. */
import { createMiddleware } from 'hono/factory';
import { queryWorker } from '../../../client/remote/query.ts';
import type { RequestPage } from '../../../domain/contract/request-page.ts';
import type { ConsoleContext, ConsoleEnv } from '../deps.ts';
import type { ConsoleSession } from '../session.ts';
import { type AnswerForm, readAnswerForm } from './answer-form.ts';

/** PostgreSQL's largest integer. */
export const numberMax = 2_147_483_647;

export const keyIn = (context: ConsoleContext) => ({
  tenant: context.var.tenant,
  approval: Number(context.req.param('number')),
});

/** Null when there is no request of that number. @throws as `queryWorker` does */
export async function askRequestPage(
  context: ConsoleContext,
  { search, from }: Pick<AnswerForm, 'search' | 'from'>,
  { subject, addresses }: Pick<ConsoleSession, 'subject' | 'addresses'>,
): Promise<RequestPage | null> {
  const { client } = context.var.deps;
  const asked = { about: 'requestPage' as const, ...keyIn(context), search, from, subject, addresses };
  return await queryWorker(client, asked);
}

/** Only for a session of this tenant. Where the guard lets the person no further, nothing of it is shown. */
export const askPageAhead = createMiddleware<ConsoleEnv>(async (context, next) => {
  const { tenant, cookieOf } = context.var;
  const form = readAnswerForm(new URL(context.req.url).searchParams);
  const isOwn = cookieOf !== null && cookieOf.tenant === tenant;
  if (isOwn && form.step.to === 'look' && keyIn(context).approval <= numberMax) {
    const page = askRequestPage(context, form, cookieOf);
    // The page awaits it as well, and fails by it; a person who is sent away does not.
    page.catch(() => undefined);
    context.set('pageAhead', page);
  }
  await next();
});
