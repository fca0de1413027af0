/** The console in this process: real pages, and workers that answer at once. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { StoredTenantFile } from '../../../../activities/cycle/configuration.ts';
import type { SetUpSettings } from '../../../../config/first-file/set-up-settings.ts';
import type { ConsoleListener } from '../../../../config/listening/console-settings.ts';
import type { TenantPolicy } from '../../../../config/policy/tenant-policy.ts';
import { mayNothing, type WhoMay } from '../../../../domain/contract/who-may.ts';
import { createConsole } from '../../../../worker/console/app.ts';
import type { ConsoleDeps } from '../../../../worker/console/deps.ts';
import { createSignInLimits, type SignInLimits } from '../../../../worker/console/sign-in/limits.ts';
import { createTenantLinks } from '../../../../worker/console/tenant-links.ts';
import { askWhoMay } from '../../../../worker/console/who-may.ts';
import { createLog } from '../../../../worker/log.ts';
import { encryptResults } from '../../../../worker/payloads/encrypted-results.ts';
import type { ConfigureInput, TenantStatus } from '../../../../workflows/messages.ts';
import { attemptOf } from '../../../activities/support/retried.ts';
import { policyOf } from '../../../config/policy.ts';
import { Browser } from './browser.ts';

type Answer = (question: never) => Promise<unknown>;
/** Activities that answer pages; those of `createActivities` fit. */
export type Answers = Partial<
  Record<'runQuery' | 'check' | 'look' | 'preview' | 'connect' | 'storeTenantFile', Answer>
>;

export const consoleUrl = 'https://sync.contoso.example';
export const consoleKey = Buffer.alloc(32, 7);

export interface ConsoleOptions {
  answers?: Answers;
  /** What everybody may who is signed in, in place of a worker's answer. */
  whoMay?: Partial<WhoMay>;
  settings?: Partial<ConsoleListener>;
  policy?: TenantPolicy;
  setUp?: Partial<SetUpSettings>;
  keys?: readonly Buffer[];
  client?: Client;
  signInLimits?: SignInLimits;
  /** Where the loops of tenants are; the others have none. */
  loops?: Loops;
}

type Loops = ReadonlyMap<string, TenantStatus>;

/** `now.ms` moves the clock of the console. */
export function openConsole({
  answers = {},
  whoMay,
  settings,
  policy = policyOf({}, {}),
  setUp,
  keys = [consoleKey],
  client,
  signInLimits = createSignInLimits(),
  loops,
}: ConsoleOptions = {}) {
  const now = { ms: Date.parse('2026-11-30T08:00:00Z') };
  const logged: string[] = [];
  const links = createTenantLinks(keys);
  const asked = client ?? clientOf(answers, loops);
  const deps: ConsoleDeps = {
    settings: { url: consoleUrl, port: 0, operators: null, ...settings },
    policy,
    setUp: { startsPaused: true, endpoints: {}, ...setUp },
    operatorService: null,
    signInLimits,
    client: asked,
    whoMay: async (tenant, person) =>
      whoMay === undefined ? await askWhoMay(asked, tenant, person) : { ...mayNothing, ...whoMay },
    keys,
    links,
    log: createLog('info', { write: (line) => logged.push(line) }),
    now: () => new Date(now.ms),
  };
  const app = createConsole(deps);
  return {
    app,
    deps,
    now,
    /** Lines of the worker's log. */
    logged,
    /** Path of a tenant's pages. */
    pathOf: links.pathOf,
    /** One that is signed in nowhere. */
    browser: () => new Browser(app, deps),
  };
}

const notAsked: Answer = async (question) => {
  throw new Error(`No answer is prepared: ${JSON.stringify(question)}`);
};

/** A client whose activities run in this process. No workflow runs but the loops, which say where they are. */
export function clientOf(answers: Answers, loops: Loops = new Map()): Client {
  const none = { runQuery: notAsked, check: notAsked, look: notAsked, preview: notAsked, connect: notAsked };
  const activities: Record<string, Answer> = encryptResults({ ...none, ...answers });
  const handle = (workflowId: string) => {
    const noWorkflow = async () => {
      throw new WorkflowNotFoundError('It does not run.', workflowId, undefined);
    };
    const loop = loops.get(workflowId.replace(/^tenant\//, ''));
    const query = loop === undefined ? noWorkflow : async () => loop;
    return { describe: noWorkflow, query, signal: noWorkflow, executeUpdate: noWorkflow };
  };
  const execute = (name: string, { args: [question] }: { args: [never] }) =>
    attemptOf(1).run(activities[name] ?? notAsked, question);
  const begun = new Map<string, Promise<unknown>>();
  return {
    options: { namespace: 'default' },
    withDeadline: (_deadline: number, run: () => Promise<unknown>) => run(),
    activity: {
      start: async (name: string, options: { id: string; args: [never] }) => {
        const answer = begun.get(options.id) ?? execute(name, options);
        begun.set(options.id, answer);
        return { result: () => answer };
      },
    },
    workflow: {
      getHandle: handle,
      executeUpdateWithStart: async (_update: unknown, { args: [input] }: { args: [ConfigureInput] }) =>
        await configured(answers.storeTenantFile ?? notAsked, input),
    },
    workflowService: { getWorkflowExecutionHistoryReverse: async () => ({ history: null }) },
  } as unknown as Client;
}

/** What the loop of a tenant does with a tenant file. */
async function configured(store: Answer, { file, run = false, by = '', channel }: ConfigureInput) {
  const { tenant } = file as { tenant: string };
  const source = { by, channel };
  const stored = (await store({ tenant, file, startsPaused: !run, source } as never)) as StoredTenantFile;
  const { version, changed, control } = stored;
  return { version, changed, paused: control.paused !== null, after: 0 };
}
