/** Set up: a customer's administrator makes a tenant, step by step. Mounted at `/set-up`, for those who have a link. */
import { Hono } from 'hono';
import type { ConsoleDeps, ConsoleEnv } from '../deps.ts';
import { type SetUpEnv, withSetUp } from './current.ts';
import { accessRoutes } from './directory/access.tsx';
import { directoryRoutes } from './directory/directory.tsx';
import { entraRoutes } from './directory/entra.tsx';
import { linkRoutes } from './link.tsx';
import { peopleRoutes } from './people.tsx';
import { previewRoutes } from './preview.tsx';
import { nextStep } from './steps.tsx';
import { takeOverRoutes } from './take-over.tsx';
import { timelyRoutes } from './timely.tsx';

/** Pages of the steps, which no token is equal to: tokens are longer. */
const pages = [
  '',
  'directory',
  'consent',
  'consented',
  'signed-in',
  'access',
  'timely',
  'people',
  'preview',
  'start',
];

export function setUpRoutes({ policy }: ConsoleDeps): Hono<ConsoleEnv> {
  const steps = new Hono<SetUpEnv>();
  for (const page of pages) {
    steps.use(`/${page}`, withSetUp);
    if (page !== '') steps.use(`/${page}/*`, withSetUp);
  }
  steps.get('/', (context) => context.redirect(nextStep(context.var.setUp.draft), 302));
  if (policy.entraApplication !== null) steps.route('/', entraRoutes());
  steps.route('/directory', directoryRoutes());
  steps.route('/access', accessRoutes());
  steps.route('/timely', timelyRoutes());
  steps.route('/people', peopleRoutes());
  steps.route('/', previewRoutes());
  const app = new Hono<ConsoleEnv>();
  if (policy.entraApplication !== null) app.route('/', takeOverRoutes());
  app.route('/', steps as unknown as Hono<ConsoleEnv>);
  app.route('/', linkRoutes());
  return app;
}
