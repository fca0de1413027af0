/** The third step: the Timely account, and the admin there in whose name the sync acts. */
import { Hono } from 'hono';
import { redeemCode } from '../../../client/remote/begin/connect.ts';
import { challengeOf } from '../../../client/remote/begin/sign-in-secrets.ts';
import { queryWorker } from '../../../client/remote/query.ts';
import { questionsAbout } from '../../../config/first-file/questions.ts';
import { Foreign } from '../elements/text.tsx';
import { FormToken } from '../layout.tsx';
import { keepAnswers, type SetUpContext, type SetUpEnv } from './current.ts';
import { answersFrom, Field, type Problems } from './forms.tsx';
import { newPending, refuseAnswer, takePending } from './pending.ts';
import { refusalOf, sendRefused } from './refused.tsx';
import { nextStep, sendStep, setUpPath } from './steps.tsx';
import { setUpFile } from './tenant-file.ts';

const step = `${setUpPath}/timely`;
export const timelySignedInPath = `${step}/signed-in`;
const question = questionsAbout('entra').filter(({ key }) => key === 'accountId');

/** Mounted at `/set-up/timely`. */
export function timelyRoutes(): Hono<SetUpEnv> {
  const app = new Hono<SetUpEnv>();
  app.use(async (context, next) => {
    const { draft } = context.var.setUp;
    return draft.hasAccess ? await next() : context.redirect(nextStep(draft), 302);
  });
  app.get('/', (context) => sendForm(context, '', {}));
  app.post('/', takeForm);
  app.get('/sign-in', sendSignIn);
  app.get('/signed-in', takeSignIn);
  return app;
}

function sendForm(context: SetUpContext, typed: string, problems: Problems): Promise<Response> {
  const { draft } = context.var.setUp;
  const known = draft.answers.accountId ?? '';
  return sendStep(context, {
    title: 'Your Timely account',
    step,
    status: Object.keys(problems).length > 0 ? 400 : 200,
    body: (
      <>
        {draft.timely?.isAdmin === true ? (
          <div class="note good">
            <p>
              Signed in to Timely as <Foreign text={draft.timely.name} /> (
              <Foreign text={draft.timely.email} />
              ). <a href={`${setUpPath}/people`}>Continue with people and teams</a>
            </p>
          </div>
        ) : null}
        <form method="post" action={step}>
          <FormToken value={context.var.formToken} />
          <Field
            name="accountId"
            label="Number of the account, or the address of any page of it"
            hint="Open Timely in another window and copy the address: https://app.timelyapp.com/987654/calendar"
            value={typed === '' ? known : typed}
            problem={problems.accountId}
          />
          <div class="actions">
            <button type="submit">Continue</button>
          </div>
        </form>
      </>
    ),
  });
}

async function takeForm(context: SetUpContext): Promise<Response> {
  const { setUp, form } = context.var;
  const { answers, problems } = answersFrom(form, question);
  const accountId = answers.accountId ?? '';
  if (Object.keys(problems).length > 0) return await sendForm(context, accountId, problems);
  const { draft } = setUp;
  const isOther = draft.answers.accountId !== accountId;
  await keepAnswers(context, {
    answers: { ...draft.answers, accountId },
    // What was seen of another account says nothing of this one.
    ...(isOther && { timely: null, look: null, preview: null }),
  });
  return context.redirect(`${step}/sign-in`, 303);
}

async function sendSignIn(context: SetUpContext): Promise<Response> {
  const { deps, setUp } = context.var;
  if (setUp.draft.answers.accountId === undefined) return context.redirect(step, 302);
  const pending = newPending('timely');
  let address: string;
  try {
    address = await queryWorker(deps.client, {
      about: 'signInAddress',
      tenant: setUp.tenant,
      file: setUpFile(setUp, deps.setUp.endpoints),
      redirectUri: `${deps.settings.url}${timelySignedInPath}`,
      state: pending.state,
      codeChallenge: challengeOf(pending.codeVerifier),
    });
  } catch (error) {
    return await sendRefused(context, { step, why: refusalOf(error), again: step });
  }
  await keepAnswers(context, { pending });
  return await sendStep(context, {
    title: 'Sign in to Timely',
    step,
    body: (
      <>
        <p>
          Sign in as an Admin of the account {setUp.draft.answers.accountId}. The sync invites and removes
          people in that Admin's name. Best is an Admin that belongs to no person, since whoever leaves takes
          the access along.
        </p>
        <div class="actions">
          <a class="button" href={address}>
            Continue at Timely
          </a>
          <a href={step}>Another account</a>
        </div>
      </>
    ),
  });
}

async function takeSignIn(context: SetUpContext): Promise<Response> {
  const { deps, setUp } = context.var;
  const { code, error } = context.req.query();
  const refuse = (reason: string, why: string) =>
    refuseAnswer(context, { reason, step, why, again: `${step}/sign-in` });
  const pending = await takePending(context, 'timely');
  if (pending === null)
    return await refuse(
      'state',
      'This answer belongs to another sign-in, or it was used before. Nothing was done.',
    );
  if (error !== undefined || !code)
    return await refuse(
      'refused',
      'Timely did not let the sync in: the sign-in was refused, or not with this application.',
    );
  const { codeVerifier } = pending;
  const redirectUri = `${deps.settings.url}${timelySignedInPath}`;
  const subject = { tenant: setUp.tenant, file: setUpFile(setUp, deps.setUp.endpoints) };
  try {
    const timely = await redeemCode(deps.client, subject, { code, codeVerifier, redirectUri });
    await keepAnswers(context, { timely });
    if (!timely.isAdmin)
      return await refuse(
        'no admin',
        `${timely.name} is ${timely.role || 'no Admin'} in Timely, and only an Admin may invite and remove people. Make them one, or sign in as an Admin.`,
      );
  } catch (cause) {
    return await refuse('code', refusalOf(cause));
  }
  return context.redirect(`${setUpPath}/people`, 302);
}
