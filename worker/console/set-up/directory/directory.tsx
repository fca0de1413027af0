/** The first step: which directory, and what lets the sync read it. */
import { Hono } from 'hono';
import type { InitFlags } from '../../../../config/first-file/answers.ts';
import type { ConsoleContext } from '../../deps.ts';
import { FormToken } from '../../layout.tsx';
import { sendNotFound } from '../../plain-pages.tsx';
import { keepAnswers, type SetUpContext, type SetUpEnv } from '../current.ts';
import type { SetUpDraft } from '../draft.ts';
import { answersFrom, Field, type Problems } from '../forms.tsx';
import { sendStep, setUpPath } from '../steps.tsx';
import { secretNameOf } from '../tenant-file.ts';
import { type DirectoryForm, directoryForm, questionsOf, waysToBegin } from './directory-forms.tsx';
import { newOktaKey } from './okta-key.ts';

const step = `${setUpPath}/directory`;

/** Mounted at `/set-up/directory`. */
export function directoryRoutes(): Hono<SetUpEnv> {
  const app = new Hono<SetUpEnv>();
  app.get('/', (context) => sendChoice(context));
  app.get('/:form', async (context) => {
    const form = directoryForm(context.req.param('form'));
    if (form === null) return await sendNotFound(context as unknown as ConsoleContext);
    if (form.credential === 'privateKey' && context.var.setUp.draft.oktaKey === null)
      await makeOktaKey(context);
    return await sendForm(context, form, {}, {});
  });
  app.post('/:form', async (context) => {
    const form = directoryForm(context.req.param('form'));
    return form === null
      ? await sendNotFound(context as unknown as ConsoleContext)
      : await takeForm(context, form);
  });
  return app;
}

const sendChoice = (context: SetUpContext) =>
  sendStep(context, {
    title: 'Your directory',
    step,
    body: (
      <>
        <p>Where are your people and groups? The sync reads them there, and never writes there.</p>
        <ul>
          {waysToBegin(context.var.deps.policy.entraApplication !== null).map(({ path, text, hint }) => (
            <li>
              <a href={`${step}/${path}`}>{text}</a>
              <p class="hint">{hint}</p>
            </li>
          ))}
        </ul>
      </>
    ),
  });

/** Once for a set-up: the administrator may register it before they come back. */
async function makeOktaKey(context: SetUpContext): Promise<void> {
  const { privateKey, publicKey } = newOktaKey();
  await keepAnswers(
    context,
    { oktaKey: publicKey },
    { [secretNameOf(context.var.setUp, { directory: 'okta', credential: 'privateKey' })]: privateKey },
  );
}

function sendForm(context: SetUpContext, form: DirectoryForm, typed: InitFlags, problems: Problems) {
  const { var: variables, req } = context;
  const { draft } = variables.setUp;
  const known: InitFlags = draft.directory === form.directory ? draft.answers : {};
  const wrong = Object.keys(problems).length;
  return sendStep(context, {
    title: form.title,
    step,
    status: wrong > 0 ? 400 : 200,
    body: (
      <>
        <ol>
          {form.todo(draft).map((each) => (
            <li>{each}</li>
          ))}
        </ol>
        <form method="post" action={req.path}>
          <FormToken value={variables.formToken} />
          {questionsOf(form).map(({ key, question }) => (
            <Field
              name={key}
              label={question}
              value={typed[key] ?? known[key] ?? ''}
              problem={problems[key]}
            />
          ))}
          {form.secret === null ? null : (
            <Field name="secret" {...form.secret} isSecret problem={problems.secret} />
          )}
          <div class="actions">
            <button type="submit">Check access</button>
            <a href={step}>Another directory</a>
          </div>
        </form>
      </>
    ),
  });
}

async function takeForm(context: SetUpContext, form: DirectoryForm): Promise<Response> {
  const { answers, problems } = answersFrom(context.var.form, questionsOf(form));
  const secret = (context.var.form.get('secret') ?? '').trim();
  const lacks: Problems = form.secret !== null && secret === '' ? { secret: 'Paste it here.' } : {};
  const wrong = { ...problems, ...lacks };
  if (Object.keys(wrong).length > 0) return await sendForm(context, form, answers, wrong);
  const { directory, credential } = form;
  await keepAnswers(
    context,
    {
      ...otherDirectory(context.var.setUp.draft, { ...answers, directory, credential }),
      isShared: false,
      admin: null,
    },
    form.secret === null ? {} : { [secretNameOf(context.var.setUp, form)]: secret },
  );
  return context.redirect(`${setUpPath}/access`, 303);
}

/** What becomes of the draft with other answers about the directory: nothing that was seen there counts any more. */
export function otherDirectory(
  { answers: { accountId } }: SetUpDraft,
  answers: InitFlags & { directory: DirectoryForm['directory'] },
): Partial<SetUpDraft> {
  return {
    directory: answers.directory,
    answers: { ...answers, ...(accountId !== undefined && { accountId }) },
    ...{ hasAccess: false, look: null, lines: null, preview: null, pending: null },
  };
}
