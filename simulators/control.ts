/** Controls a simulator from another process: people join and leave, faults go on and off, the ledger is read. */
import { Hono } from 'hono';
import { z } from 'zod';
import { UnknownObjectError } from './directory.ts';
import { countings, errorShapes, type Faults } from './faults.ts';
import type { HttpsEnvironment } from './https-server.ts';
import type { Ledger } from './ledger.ts';

/** The result of an action. `did` is a sentence for people, the rest is for programs. */
export type ControlResult = { did: string } & Record<string, unknown>;
export interface ControlAction {
  run(body: unknown): ControlResult | Promise<ControlResult>;
}
export type ControlActions = Record<string, ControlAction>;

/** The action cannot run, because a name is unknown or ambiguous or a value is wrong. The response is a 400. */
export class ControlError extends Error {}

/** Returns an action that checks its body against a schema first. */
export const action = <Schema extends z.ZodType>(
  schema: Schema,
  run: (input: z.output<Schema>) => ControlResult | Promise<ControlResult>,
): ControlAction => ({ run: (body) => run(schema.parse(body)) });

/** Adds `notified` to the result of each edit: whether the sync was notified of what it changed. */
export function notifyingActions(
  actions: ControlActions,
  notifier: { readonly matchedChanges: number },
): ControlActions {
  return Object.fromEntries(
    Object.entries(actions).map(([name, { run }]) => [
      name,
      {
        run: async (body: unknown) => {
          const before = notifier.matchedChanges;
          return { ...(await run(body)), notified: notifier.matchedChanges > before };
        },
      },
    ]),
  );
}

const faultSetting = z.strictObject({
  operation: z.string().optional(),
  subject: z.string().optional(),
  attempt: z.int().positive().optional(),
  times: z.int().positive().optional(),
  when: z.enum(['before', 'after']).optional(),
  retryAfter: z.union([z.number(), z.enum(['date', 'nothing'])]).optional(),
  milliseconds: z.number().nonnegative().optional(),
  minutes: z.number().optional(),
  percent: z.number().min(0).max(100).optional(),
  by: z.int().optional(),
  host: z.url().optional(),
  perSecond: z.number().positive().optional(),
  counting: z.enum(countings).optional(),
  fields: z.record(z.string(), z.array(z.string())).optional(),
  status: z.int().optional(),
  shape: z.enum(errorShapes).optional(),
  ignored: z.array(z.string()).optional(),
  code: z.int().optional(),
  permissions: z.array(z.string()).optional(),
});
const faultChange = z.strictObject({
  set: z.string().optional(),
  setting: faultSetting.optional(),
  /** The name of a fault, or true for all. */
  clear: z.union([z.string(), z.literal(true)]).optional(),
});

interface ControlledService {
  faults: Faults;
  ledger: Ledger;
  actions: ControlActions;
  stateChanged(): void;
  summarize(): unknown;
}

/**
 * Returns the routes `POST /<action>`, `GET /state`, `GET /ledger?since=N`, `GET /faults` and `POST /faults` with
 * `{set, setting}` or `{clear}`. They need no token, because the server listens on the loopback address only.
 */
export function controlRoutes({
  faults,
  ledger,
  actions,
  stateChanged,
  summarize,
}: ControlledService): Hono<HttpsEnvironment> {
  const app = new Hono<HttpsEnvironment>();
  const faultsView = () => ({
    active: faults.active(),
    unfired: faults.unfired(),
    known: Object.fromEntries(Object.entries(faults.table).map(([name, { about }]) => [name, about])),
  });
  app.get('/state', (context) => context.json(z.json().parse(summarize())));
  app.get('/ledger', (context) => {
    const since = Number(context.req.query('since') ?? 0);
    return context.json({ last: ledger.last, entries: ledger.entries(since) });
  });
  app.get('/faults', (context) => context.json(faultsView()));
  app.post('/faults', async (context) => {
    setFaults(faults, faultChange.parse(await context.req.json()));
    return context.json(faultsView());
  });
  app.post('/:action', async (context) => {
    const name = context.req.param('action');
    const chosen = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (!chosen)
      throw new ControlError(`There is no action "${name}". Actions: ${Object.keys(actions).join(', ')}.`);
    const result = await chosen.run(await context.req.json().catch(() => ({})));
    stateChanged();
    return context.json(result);
  });
  app.onError((error, context) => {
    if (error instanceof ControlError || error instanceof UnknownObjectError)
      return context.json({ error: error.message }, 400);
    if (error instanceof z.ZodError) return context.json({ error: z.prettifyError(error) }, 400);
    if (error instanceof SyntaxError) return context.json({ error: 'The body is not valid JSON.' }, 400);
    throw error;
  });
  return app;
}

function setFaults(faults: Faults, { set, setting, clear }: z.output<typeof faultChange>): void {
  const known = (name: string) => {
    if (Object.hasOwn(faults.table, name)) return name;
    throw new ControlError(`There is no fault "${name}". Faults: ${Object.keys(faults.table).join(', ')}.`);
  };
  if (clear !== undefined) faults.clear(clear === true ? undefined : known(clear));
  if (set !== undefined) faults.set(known(set), setting);
}
