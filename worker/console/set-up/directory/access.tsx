/** The second step: what the directory grants, permission by permission, as it is now. */
import { Hono } from 'hono';
import { checkFile } from '../../../../client/remote/check-tenant.ts';
import type { CheckLine } from '../../../../domain/contract/check.ts';
import { Table } from '../../elements/lists.tsx';
import { Foreign, Sentence } from '../../elements/text.tsx';
import { keepAnswers, type SetUpContext, type SetUpEnv } from '../current.ts';
import { nextStep, sendStep, setUpPath } from '../steps.tsx';
import { setUpFile } from '../tenant-file.ts';

const step = `${setUpPath}/access`;

/** Mounted at `/set-up/access`. Opening the page asks again. */
export function accessRoutes(): Hono<SetUpEnv> {
  const app = new Hono<SetUpEnv>();
  app.get('/', async (context) => {
    const { deps, setUp } = context.var;
    const { draft } = setUp;
    if (draft.directory === null) return context.redirect(nextStep(draft), 302);
    // Without a proof the directory would not be asked, and the page would name settings of the workers.
    if (draft.isShared && draft.admin === null) return context.redirect(`${setUpPath}/consent`, 302);
    const { lines } = await checkFile(deps.client, setUpFile(setUp, deps.setUp.endpoints), {
      part: 'access',
    });
    const ofDirectory = lines.filter(({ side }) => side === 'directory');
    const hasAccess = ofDirectory.length > 0 && ofDirectory.every(({ state }) => state !== 'error');
    if (hasAccess !== draft.hasAccess) await keepAnswers(context, { hasAccess });
    return await sendAccess(context, ofDirectory, hasAccess);
  });
  return app;
}

const sendAccess = (context: SetUpContext, lines: readonly CheckLine[], hasAccess: boolean) => {
  const { admin, isShared } = context.var.setUp.draft;
  return sendStep(context, {
    title: hasAccess ? 'The sync can read your directory' : 'Something is missing',
    step,
    body: (
      <>
        {admin === null ? null : (
          <p>
            Signed in and consented: <Foreign text={admin.name} />.
          </p>
        )}
        <CheckTable lines={lines} />
        <div class="actions">
          {hasAccess ? (
            <a class="button" href={`${setUpPath}/timely`}>
              Continue with Timely
            </a>
          ) : (
            <a class="button" href={step}>
              Check again
            </a>
          )}
          <a href={isShared && !hasAccess ? `${setUpPath}/consent` : `${setUpPath}/directory`}>
            {isShared && !hasAccess ? 'Consent again' : 'Another directory'}
          </a>
        </div>
      </>
    ),
  });
};

const words = { ok: 'ok', warning: 'note', error: 'problem' } as const;
const permissionWords = { ...words, ok: 'granted', error: 'missing' } as const;
/** Such as User.Read.All and okta.users.read; other lines are about the sign-in and what was read. */
const wordsFor = (name: string) => (/^[^\s.]+\.\S+$/.test(name) ? permissionWords : words);
const classes = { ok: 'good', warning: 'warn', error: 'bad' } as const;

const CheckTable = ({ lines }: { lines: readonly CheckLine[] }) => (
  <div class="scroll">
    <Table
      caption="What your directory answers"
      head={['State', 'What', 'Found']}
      none="It answered nothing."
      rows={lines.map(({ name, state, message, remedy }) => [
        <span class={classes[state]}>{wordsFor(name)[state]}</span>,
        name,
        <Sentence text={[message, remedy].join(' ')} />,
      ])}
    />
  </div>
);
