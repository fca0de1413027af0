/** Entra ID by the application of the installation: the directory, the consent, and who gave it. */
import { Hono } from 'hono';
import { queryWorker } from '../../../../client/remote/query.ts';
import { questionsAbout } from '../../../../config/first-file/questions.ts';
import { directoryProof } from '../../../../config/policy/shared-application.ts';
import { isGuid } from '../../../../domain/text.ts';
import { sealSecret } from '../../../../store/set-up/stored-secrets.ts';
import { FormToken } from '../../layout.tsx';
import { keepAnswers, type SetUpContext, type SetUpEnv } from '../current.ts';
import { answersFrom, Field, type Problems } from '../forms.tsx';
import { newPending, refuseAnswer, takePending } from '../pending.ts';
import { refusalOf } from '../refused.tsx';
import { sendStep, setUpPath } from '../steps.tsx';
import { setUpFile } from '../tenant-file.ts';
import { otherDirectory } from './directory.tsx';
import {
  adminSignInPage,
  consentAddress,
  type EntraSetUp,
  entraSetUpOf,
  type SignedInAdmin,
  signedInAdmin,
} from './entra-sign-in.ts';

const step = `${setUpPath}/directory`;
const formPath = `${step}/entra`;
const consentPath = `${setUpPath}/consent`;
const question = questionsAbout('entra').filter(({ key }) => key === 'directoryId');

/** Mounted at `/set-up`; pages are there only where the installation has an application. */
export function entraRoutes(): Hono<SetUpEnv> {
  const app = new Hono<SetUpEnv>();
  app.get('/directory/entra', (context) => sendForm(context, '', {}));
  app.post('/directory/entra', takeForm);
  app.get('/consent', sendConsent);
  app.get('/consented', takeConsent);
  app.get('/signed-in', takeSignIn);
  return app;
}

function sendForm(context: SetUpContext, typed: string, problems: Problems): Promise<Response> {
  const { draft } = context.var.setUp;
  const known = draft.isShared ? (draft.answers.directoryId ?? '') : '';
  return sendStep(context, {
    title: 'Microsoft Entra ID',
    step,
    status: Object.keys(problems).length > 0 ? 400 : 200,
    body: (
      <form method="post" action={formPath}>
        <FormToken value={context.var.formToken} />
        <Field
          name="directoryId"
          label="A domain of your company in Microsoft 365"
          hint="Such as contoso.com, or the directory (tenant) id."
          value={typed === '' ? known : typed}
          problem={problems.directoryId}
        />
        <div class="actions">
          <button type="submit">Continue</button>
          <a href={step}>Another directory</a>
        </div>
      </form>
    ),
  });
}

async function takeForm(context: SetUpContext): Promise<Response> {
  const { deps, setUp, form } = context.var;
  const { answers, problems } = answersFrom(form, question);
  const typed = answers.directoryId ?? '';
  if (Object.keys(problems).length > 0) return await sendForm(context, typed, problems);
  try {
    const login = deps.setUp.endpoints.login ?? null;
    const found = isGuid(typed)
      ? typed
      : await queryWorker(deps.client, { about: 'directoryId', tenant: setUp.tenant, domain: typed, login });
    const directoryId = found.toLowerCase();
    const isShared = { isShared: true, admin: null };
    await keepAnswers(context, {
      ...otherDirectory(setUp.draft, { directory: 'entra', directoryId }),
      ...isShared,
    });
  } catch (error) {
    return await sendForm(context, typed, { directoryId: refusalOf(error) });
  }
  return context.redirect(consentPath, 303);
}

const chosenIn = ({ var: { deps, setUp } }: SetUpContext) => entraSetUpOf(deps, setUp);

async function sendConsent(context: SetUpContext): Promise<Response> {
  const chosen = chosenIn(context);
  if (chosen === null) return context.redirect(formPath, 302);
  const pending = newPending('consent');
  await keepAnswers(context, { pending });
  return await sendStep(context, {
    title: 'Consent at Microsoft',
    step,
    body: (
      <>
        <p>
          Microsoft asks you, as an administrator of your directory, to let this application read people,
          groups and administrator roles. It asks for nothing that writes. You can take the consent back in
          the Entra admin center at any time.
        </p>
        <p>You come back here by yourself, and sign in once more so that we know who consented.</p>
        <div class="actions">
          <a class="button" href={consentAddress(context.var.deps, chosen, pending)}>
            Continue at Microsoft
          </a>
          <a href={formPath}>Another domain</a>
        </div>
      </>
    ),
  });
}

const refuse = (context: SetUpContext, reason: string, why: string): Promise<Response> =>
  refuseAnswer(context, { reason, step, why, again: consentPath });

const strayAnswer =
  'This answer belongs to another consent or sign-in, or it was used before. Nothing was done: begin again.';

async function takeConsent(context: SetUpContext): Promise<Response> {
  const chosen = chosenIn(context);
  const pending = await takePending(context, 'consent');
  if (chosen === null || pending === null) return await refuse(context, 'state', strayAnswer);
  const { error, tenant } = context.req.query();
  if (error !== undefined) {
    const code = /^\w{1,40}$/.test(error) ? ` (${error})` : '';
    return await refuse(
      context,
      'refused',
      `Microsoft did not give the consent${code}: it was refused, or the account is no administrator.`,
    );
  }
  if (tenant?.toLowerCase() !== chosen.directoryId)
    return await refuse(
      context,
      'other directory',
      'The consent was given in another directory than the one of this set-up. Sign in as an administrator of that one, or begin again with the other domain.',
    );
  const signingIn = newPending('signIn');
  await keepAnswers(context, { pending: signingIn });
  return context.redirect(await adminSignInPage(context.var.deps, chosen, signingIn), 302);
}

async function takeSignIn(context: SetUpContext): Promise<Response> {
  const chosen = chosenIn(context);
  const pending = await takePending(context, 'signIn');
  if (chosen === null || pending === null) return await refuse(context, 'state', strayAnswer);
  const { deps } = context.var;
  const { search: parameters } = new URL(context.req.url);
  const admin = await signedInAdmin(deps, chosen, { pending, parameters });
  if ('refusal' in admin)
    return await refuse(
      context,
      admin.refusal,
      'Microsoft did not sign you in, or its answer proves nothing. Begin again.',
    );
  if (admin.directoryId !== chosen.directoryId)
    return await refuse(
      context,
      'other directory',
      'You signed in to another directory than the one of this set-up.',
    );
  return await keepProof(context, chosen, admin);
}

/** Keeps that an administrator of the directory has signed in: from then on the tenant may use the application there. */
async function keepProof(
  context: SetUpContext,
  { directoryId, tenant }: EntraSetUp,
  { personId, name }: SignedInAdmin,
): Promise<Response> {
  const { deps, setUp } = context.var;
  const proof = directoryProof(directoryId);
  const encrypted = sealSecret(deps.keys, tenant, proof, directoryId).toString('base64');
  const file = setUpFile(setUp, deps.setUp.endpoints);
  try {
    const asked = { tenant, file, personId, proof: { name: proof, encrypted } };
    if (!(await queryWorker(deps.client, { about: 'mayConsent', ...asked })))
      return await refuse(
        context,
        'no administrator',
        'You are signed in, and your account holds neither the role Global Administrator nor Privileged Role Administrator. Begin again with an account that does.',
      );
  } catch (error) {
    return await refuse(context, 'not provable', refusalOf(error));
  }
  await keepAnswers(context, { admin: { id: personId, name } }, { [proof]: directoryId });
  return context.redirect(`${setUpPath}/access`, 302);
}
