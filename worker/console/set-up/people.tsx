/** The fourth step: who comes into Timely, chosen among what is really there. */
import { Hono } from 'hono';
import { queryWorker } from '../../../client/remote/query.ts';
import type { CountedList, LookListKind, LookReport, NamedCount } from '../../../domain/contract/look.ts';
import { signInRedirectOf } from '../sign-in/begun-sign-ins.ts';
import { keepAnswers, type SetUpContext, type SetUpEnv } from './current.ts';
import { decidersFrom } from './deciders.tsx';
import { type ChosenLine, chosenLine, linesMax } from './draft.ts';
import type { Problems } from './forms.tsx';
import { freshLook, lookAtTenant } from './later.ts';
import { lineKey, listedLines, PeopleForm } from './people-form.tsx';
import { refusalOf, sendRefused } from './refused.tsx';
import { nextStep, sendStep, setUpPath } from './steps.tsx';
import { sendWaiting } from './waiting.tsx';

const step = `${setUpPath}/people`;

/** Mounted at `/set-up/people`. */
export function peopleRoutes(): Hono<SetUpEnv> {
  const app = new Hono<SetUpEnv>();
  app.use(async (context, next) => {
    const { draft } = context.var.setUp;
    return draft.hasAccess && draft.timely?.isAdmin ? await next() : context.redirect(nextStep(draft), 302);
  });
  app.get('/', sendPeople);
  app.post('/', takePeople);
  app.post('/again', async (context) => {
    await keepAnswers(context, { look: null });
    return context.redirect(step, 303);
  });
  return app;
}

async function sendPeople(context: SetUpContext): Promise<Response> {
  const look = await freshLook(context);
  try {
    const report = await lookAtTenant(context, look);
    if (report === null) return await sendWaiting(context, step, look, 'Reading your directory and Timely');
    return await sendForm(context, report, {});
  } catch (error) {
    const why = refusalOf(error);
    // The next page begins another look: this one has failed for good.
    await keepAnswers(context, { look: null });
    return await sendRefused(context, { step, why, again: step });
  }
}

async function sendForm(
  context: SetUpContext,
  report: LookReport,
  problems: Problems,
  typed: readonly ChosenLine[] | null = null,
): Promise<Response> {
  const { draft } = context.var.setUp;
  const part = (context.req.query('part') ?? '').trim().slice(0, 200);
  return await sendStep(context, {
    title: 'Who comes into Timely',
    step,
    status: Object.keys(problems).length > 0 ? 400 : 200,
    body: (
      <PeopleForm
        report={report}
        lists={part === '' ? report.directory : await listsWith(context, part)}
        part={part}
        draft={draft}
        chosen={typed ?? draft.lines ?? proposedLines(report)}
        redirectUri={signInRedirectOf(context.var.deps)}
        formToken={context.var.formToken}
        problems={problems}
      />
    ),
  });
}

export type Lists = Record<LookListKind, CountedList<NamedCount & { id?: string; isAmbiguous?: boolean }>>;

/** What was read whose name has the part. */
async function listsWith({ var: { deps, setUp } }: SetUpContext, part: string): Promise<Lists> {
  const id = setUp.draft.look?.id ?? '';
  const ask = (kind: LookListKind) =>
    queryWorker(deps.client, { about: 'lookList', tenant: setUp.tenant, id, kind, part });
  const [groups, departments, domains] = await Promise.all([
    ask('groups'),
    ask('departments'),
    ask('domains'),
  ]);
  return { groups, departments, domains };
}

/** Before anything was chosen: the group that the look proposes. */
const proposedLines = ({ proposal: { group } }: LookReport): ChosenLine[] =>
  group === null ? [] : listedLines('groups', { items: [group], total: 1 });

async function takePeople(context: SetUpContext): Promise<Response> {
  const { form, setUp } = context.var;
  const { draft } = setUp;
  const given = form.getAll('line').flatMap((text) => lineIn(text));
  const each = [...new Map(given.map((line) => [lineKey(line), line])).values()];
  const lines = each.slice(0, linesMax);
  const role = (form.get('role') ?? '').trim() || draft.role;
  const teams = form.get('teams') === 'departments' ? ('departments' as const) : ('none' as const);
  const deciders = decidersFrom(context);
  const change = { lines, role, teams, ...deciders.change, preview: null };
  const part = (form.get('part') ?? '').trim();
  if (form.get('do') === 'search') {
    await keepAnswers(context, change, deciders.secrets);
    return context.redirect(part === '' ? step : `${step}?${new URLSearchParams({ part })}`, 303);
  }
  const problems = {
    ...(lines.length === 0 && { line: 'Choose at least one group, department or domain.' }),
    ...(each.length > linesMax && {
      line: `Choose at most ${linesMax}: a group that has the others in it takes less.`,
    }),
    ...deciders.problems,
  };
  if (Object.keys(problems).length === 0) {
    await keepAnswers(context, change, deciders.secrets);
    return context.redirect(`${setUpPath}/preview`, 303);
  }
  // A step with a problem is not done.
  await keepAnswers(context, { ...change, lines: null }, deciders.secrets);
  const report = draft.look && (await lookAtTenant(context, draft.look));
  return report ? await sendForm(context, report, problems, lines) : context.redirect(step, 303);
}

/** A line as its checkbox has it. What a person made up is no line. */
function lineIn(text: string): ChosenLine[] {
  try {
    const { data } = chosenLine.safeParse(JSON.parse(text));
    return data ? [data] : [];
  } catch {
    return [];
  }
}
