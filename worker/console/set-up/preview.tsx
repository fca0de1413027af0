/** The last step: everything that the first cycle would do, the tenant file, and the start. */
import { Hono } from 'hono';
import { startTenant } from '../../../client/remote/begin/start-tenant.ts';
import { queryWorker } from '../../../client/remote/query.ts';
import type { PreviewSummary } from '../../../domain/contract/preview.ts';
import type { ConsoleContext } from '../deps.ts';
import { placeInList } from '../elements/place-in-list.ts';
import { sendPage } from '../layout.tsx';
import { keepAnswers, type SetUpContext, type SetUpEnv } from './current.ts';
import { freshPreview, previewOfTenant } from './later.ts';
import { PreviewBody, StartedBody } from './preview-body.tsx';
import { refusalOf, sendRefused } from './refused.tsx';
import { nextStep, sendStep, setUpPath } from './steps.tsx';
import { setUpFile, setUpFileText } from './tenant-file.ts';
import { sendWaiting } from './waiting.tsx';

const step = `${setUpPath}/preview`;

/** Mounted at `/set-up`. */
export function previewRoutes(): Hono<SetUpEnv> {
  const app = new Hono<SetUpEnv>();
  for (const page of ['/preview/*', '/start'])
    app.use(page, async (context, next) => {
      const { draft } = context.var.setUp;
      return nextStep(draft) === step ? await next() : context.redirect(nextStep(draft), 302);
    });
  app.get('/preview', sendPreview);
  app.post('/preview/again', async (context) => {
    await keepAnswers(context, { preview: null });
    return context.redirect(step, 303);
  });
  app.get('/preview/file', (context) => sendFile(context));
  app.post('/start', start);
  return app;
}

async function sendPreview(context: SetUpContext): Promise<Response> {
  const preview = await freshPreview(context);
  try {
    const summary = await previewOfTenant(context, preview);
    if (summary === null) return await sendWaiting(context, step, preview, 'Working out what would happen');
    return await sendSummary(context, preview.id, summary);
  } catch (error) {
    const why = refusalOf(error);
    await keepAnswers(context, { preview: null });
    return await sendRefused(context, { step, why, again: step });
  }
}

async function sendSummary(context: SetUpContext, id: string, summary: PreviewSummary): Promise<Response> {
  const { deps, setUp, formToken } = context.var;
  const from = placeInList.parse(context.req.query('after'));
  const { items, next } = await queryWorker(deps.client, {
    ...{ about: 'previewLines', tenant: setUp.tenant, id, compared: false, after: from },
  });
  return await sendStep(context, {
    title: 'What would happen',
    step,
    body: (
      <PreviewBody
        summary={summary}
        lines={items}
        pages={{ isFirst: from === 0, next, path: step }}
        startsPaused={deps.setUp.startsPaused}
        preview={id}
        formToken={formToken}
      />
    ),
  });
}

/** As a file of its own: the same that an operator could have written. */
function sendFile(context: SetUpContext): Response {
  const { deps, setUp } = context.var;
  return context.body(setUpFileText(setUp, deps.setUp.endpoints), 200, {
    'content-type': 'text/yaml; charset=utf-8',
    'content-disposition': `attachment; filename="${setUp.tenant}.yaml"`,
  });
}

/** Only what was seen is started: the preview of these answers has to be there. */
async function start(context: SetUpContext): Promise<Response> {
  const { deps, setUp } = context.var;
  const { draft, tenant, browser } = setUp;
  if (draft.preview === null || context.var.form.get('preview') !== draft.preview.id)
    return context.redirect(step, 303);
  const { startsPaused, endpoints } = deps.setUp;
  const given = { run: !startsPaused, by: draft.timely?.email, channel: 'page' as const };
  let isPaused: boolean;
  try {
    const { configured } = await startTenant(deps.client, setUpFile(setUp, endpoints), given);
    // A tenant that runs already goes on, whatever is set for new ones.
    isPaused = configured.paused;
  } catch (error) {
    return await sendRefused(context, { step, why: refusalOf(error), again: step });
  }
  await queryWorker(deps.client, { about: 'finishSetUp', ...browser });
  return await sendPage(context as unknown as ConsoleContext, {
    title: isPaused ? 'Set up' : 'Set up and running',
    body: (
      <StartedBody
        tenant={tenant}
        isPaused={isPaused}
        page={draft.deciders.length > 0 ? deps.links.pathOf(tenant) : null}
        canSignIn={draft.directory === 'entra' || draft.signIn !== null}
        file={setUpFileText(setUp, endpoints)}
      />
    ),
  });
}
