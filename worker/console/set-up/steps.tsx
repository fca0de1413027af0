/** The steps of a set-up, in their order: each page shows where it stands and what is left. */
import type { Child } from 'hono/jsx';
import type { ConsoleContext } from '../deps.ts';
import { sendPage } from '../layout.tsx';
import type { SetUpContext } from './current.ts';
import type { SetUpDraft } from './draft.ts';

export const setUpPath = '/set-up';

interface Step {
  path: string;
  text: string;
  isDone(draft: SetUpDraft): boolean;
}

// A file without a line would let everybody in: it is for a look alone.
const steps: readonly Step[] = [
  { path: `${setUpPath}/directory`, text: 'Directory', isDone: ({ directory }) => directory !== null },
  { path: `${setUpPath}/access`, text: 'Access', isDone: ({ hasAccess }) => hasAccess },
  { path: `${setUpPath}/timely`, text: 'Timely', isDone: ({ timely }) => timely?.isAdmin === true },
  { path: `${setUpPath}/people`, text: 'People and teams', isDone: ({ lines }) => (lines ?? []).length > 0 },
  { path: `${setUpPath}/preview`, text: 'Preview and start', isDone: () => false },
];

const firstOpen = (draft: SetUpDraft): number => steps.findIndex(({ isDone }) => !isDone(draft));

/** The page of the first step that is not done. */
export const nextStep = (draft: SetUpDraft): string => steps[firstOpen(draft)]?.path ?? setUpPath;

export interface SetUpPage {
  title: string;
  /** The step that the page belongs to. */
  step: string;
  body: Child;
  status?: 200 | 400;
}

export function sendStep(context: SetUpContext, { step, body, ...page }: SetUpPage): Promise<Response> {
  const { draft, tenant } = context.var.setUp;
  const open = firstOpen(draft);
  return sendPage(context as unknown as ConsoleContext, {
    ...page,
    body: (
      <>
        <nav aria-label="Steps">
          <ol class="steps">
            {steps.map(({ path, text }, index) => (
              <li>
                {index <= open || path === step ? (
                  <a href={path} aria-current={path === step ? 'step' : undefined}>
                    {`${index + 1} ${text}`}
                  </a>
                ) : (
                  <span class="soft">{`${index + 1} ${text}`}</span>
                )}
              </li>
            ))}
          </ol>
        </nav>
        <p class="soft">
          The sync of {tenant}: your directory to Timely, one way. Nothing is written before the last step.
        </p>
        {body}
      </>
    ),
  });
}
