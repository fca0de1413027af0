/** Decide: what waits, one request, and the answer to it. Mounted below `/t/:place/approvals`. */
import { Hono } from 'hono';
import { proveAnswer } from '../../../activities/approvals/decision-proof.ts';
import { exitCodes } from '../../../client/exit-codes.ts';
import { explainError } from '../../../client/explain-error.ts';
import { decide } from '../../../client/remote/approvals.ts';
import { queryWorker } from '../../../client/remote/query.ts';
import { pagesBelow } from '../../../domain/console-pages.ts';
import type { ApprovalSummary, Page } from '../../../domain/contract/report.ts';
import { derivedKeys } from '../../../store/account/derived-keys.ts';
import type { ConsoleContext, ConsoleDeps, ConsoleEnv } from '../deps.ts';
import { placeInList } from '../elements/place-in-list.ts';
import { sendPage } from '../layout.tsx';
import { sendNotFound } from '../plain-pages.tsx';
import { type AnswerForm, partOf, problemWithChoice, readAnswerForm } from './answer-form.ts';
import { RequestList } from './list-page.tsx';
import { askRequestPage, keyIn, numberMax } from './page-ahead.ts';
import { RequestBody } from './request-page.tsx';
import { ReviewBody, reviewTitle } from './review-page.tsx';

export function approvalRoutes(_deps: ConsoleDeps): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', (context) => sendList(context));
  app.get('/:number{[0-9]+}', (context) => {
    const { kept } = context.var;
    const form = readAnswerForm(kept ?? new URL(context.req.url).searchParams);
    return answer(context, form, { isPosted: false, wasKept: kept !== null });
  });
  app.post('/:number{[0-9]+}', (context) =>
    answer(context, readAnswerForm(context.var.form), { isPosted: true, wasKept: false }),
  );
  return app;
}

/** The worker sends few requests at a time, since each names its people. */
const askedInARow = 3;

async function sendList(context: ConsoleContext): Promise<Response> {
  const { deps, tenant, base } = context.var;
  const all = context.req.query('all') !== undefined;
  const after = placeInList.parse(context.req.query('after'));
  const requests: ApprovalSummary[] = [];
  let next: number | null = after;
  for (let asked = 0; asked < askedInARow && next !== null; asked += 1) {
    const found: Page<ApprovalSummary> = await queryWorker(deps.client, {
      ...{ about: 'approvals', tenant, open: !all, after: next },
    });
    requests.push(...found.items);
    next = found.next;
  }
  const pages = pagesBelow(base);
  return await sendPage(context, {
    title: 'Requests for approval',
    current: 'approvals',
    body: (
      <RequestList {...{ list: pages.approvals, requestAt: pages.approval, requests, after, next, all }} />
    ),
  });
}

/** One step with the form: another part of the changes, the summary, or the answer itself. */
async function answer(
  context: ConsoleContext,
  form: AnswerForm,
  { isPosted, wasKept }: { isPosted: boolean; wasKept: boolean },
): Promise<Response> {
  const { step } = form;
  const { viewer } = context.var;
  if (keyIn(context).approval > numberMax) return await sendNotFound(context);
  if (step.to === 'look' || !viewer.mayDecide) return await sendRequest(context, form, null);
  const unclear = problemWithChoice(form.choice);
  if (unclear !== null) return await sendRequest(context, form, { message: unclear, status: 400 });
  try {
    // A form that was kept over a sign-in is shown again: nothing is sent by opening a page.
    if (step.to === 'send' && isPosted) return await sendAnswer(context, form, step.decision);
    return await sendReview(context, form, step.decision, wasKept);
  } catch (error) {
    const { message, exitCode } = explainError(error);
    const status = exitCode === exitCodes.notReachable ? 503 : 409;
    return await sendRequest(context, form, { message, status });
  }
}

/** The page of the request, with the form as it was; 404 when there is none of that number. */
async function sendRequest(
  context: ConsoleContext,
  form: AnswerForm,
  problem: { message: string; status: 400 | 409 | 503 } | null,
): Promise<Response> {
  const { viewer, formToken, kept, pageAhead, session } = context.var;
  const ahead = kept === null ? pageAhead : undefined;
  const request = await (ahead ?? askRequestPage(context, form, session));
  if (request === null) return await sendNotFound(context);
  return await sendPage(context, {
    title: `Request ${request.id}`,
    current: 'approvals',
    ...(problem && { status: problem.status }),
    body: <RequestBody {...{ request, viewer, formToken, form, problem: problem?.message ?? null }} />,
  });
}

async function sendReview(
  context: ConsoleContext,
  form: AnswerForm,
  decision: 'approve' | 'reject',
  wasKept: boolean,
): Promise<Response> {
  const { deps, viewer, formToken } = context.var;
  const by = viewer.address;
  const key = keyIn(context);
  const asked = { about: 'decisionPreview' as const, ...key, decision, by, ...partOf(form.choice) };
  const preview = await queryWorker(deps.client, asked);
  const id = `${key.tenant}/${key.approval}`;
  return await sendPage(context, {
    title: reviewTitle({ id, decision, preview }),
    current: 'approvals',
    body: <ReviewBody {...{ id, decision, by, preview, form, formToken, wasKept }} />,
  });
}

/** Sends the answer with its proof, and shows the request as it is then: a page that is loaded again sends nothing. */
async function sendAnswer(
  context: ConsoleContext,
  { choice, note }: AnswerForm,
  decision: 'approve' | 'reject',
): Promise<Response> {
  const { deps, viewer, base } = context.var;
  const { tenant, approval } = keyIn(context);
  const id = `${tenant}/${approval}`;
  const given = { by: viewer.address, decision, note, ...partOf(choice) };
  const keys = derivedKeys(deps.keys, 'decision proofs');
  const proof = await proveAnswer(keys, { approval: id, ...given }, deps.now());
  await decide(deps.client, id, { ...given, proof });
  return context.redirect(pagesBelow(base).approval(approval), 303);
}
