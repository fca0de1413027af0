import { z } from 'zod';
import { ConfigurationError } from '../domain/errors.ts';
import { type SetUpSettings, setUpSettingsOf, setUpShape } from './first-file/set-up-settings.ts';
import { withoutLastSlashes } from './last-slashes.ts';
import {
  type ConsoleListener,
  consoleOf,
  consoleProblem,
  consoleShape,
} from './listening/console-settings.ts';
import {
  codecProblem,
  type ListenerSettings,
  listenerShape,
  listenersOf,
} from './listening/listener-settings.ts';
import { type PayloadKey, payloadKeysSchema } from './payload-keys.ts';
import type { Environment } from './policy/secrets.ts';
import { isWholeApplication } from './policy/shared-application.ts';
import { policyShape, type TenantPolicy, tenantPolicy } from './policy/tenant-policy.ts';
import { withSslMode } from './store-address.ts';

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

const environment = z
  .object({
    DATABASE_URL: z
      .string({ error: 'is missing: the address of the store, postgres://…' })
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
      .transform(withSslMode),
    TIMELY_SYNC_KEY: z
      .string({ error: 'is missing: 32 random bytes in base64 (openssl rand -base64 32)' })
      .transform((text) => Buffer.from(text, 'base64'))
      .refine((key) => key.length === 32, 'must be 32 bytes in base64 (openssl rand -base64 32)'),
    TIMELY_SYNC_KEY_PREVIOUS: z
      .string()
      .transform((text) => text.split(',').map((key) => Buffer.from(key, 'base64')))
      .refine(
        (keys) => keys.every((key) => key.length === 32),
        'must be keys of 32 bytes in base64, separated by commas',
      )
      .default([]),
    ...policyShape,
    ...setUpShape,
    TIMELY_SYNC_TASK_QUEUE: z.string().default('timely-sync'),
    TIMELY_SYNC_BUILD_ID: z
      .string()
      .regex(/^[\w.-]{1,100}$/, 'must be letters, digits, dots, - and _, at most 100')
      .optional(),
    TIMELY_SYNC_PAYLOAD_KEY: payloadKeysSchema,
    ...listenerShape,
    ...consoleShape,
    TIMELY_SYNC_PUBLIC_URL: z
      .string()
      .refine(
        isReceiverAddress,
        'must be an https address, such as https://sync.contoso.example/notifications',
      )
      .optional(),
    TIMELY_SYNC_UI_URL: z
      .string()
      .regex(/^https?:\/\//, 'must be an address, http:// or https://')
      .refine((text) => URL.canParse(text), 'must be an address, http:// or https://')
      .transform(withoutLastSlashes)
      .optional(),
    TIMELY_SYNC_TEMPORAL_ACCESS_CONTROL: z
      .literal('declared', { error: 'must be declared, or not set' })
      .optional(),
    TIMELY_SYNC_SMTP_URL: z
      .string()
      .refine(isMailServer, 'must be smtp://host:port or smtps://host:port, with user:password@ where needed')
      .optional(),
    TIMELY_SYNC_SMTP_FROM: z
      .string()
      .regex(/^[^@]*[^\s@]@[^\s@]+$/, 'must be an e-mail address, or "Name <address>"')
      .optional(),
    TIMELY_SYNC_LOG_LEVEL: z.enum(logLevels, { error: `must be ${logLevels.join(' | ')}` }).default('info'),
  })
  .refine(
    (given) => (given.TIMELY_SYNC_SMTP_URL === undefined) === (given.TIMELY_SYNC_SMTP_FROM === undefined),
    {
      path: ['TIMELY_SYNC_SMTP_FROM'],
      message: 'belongs together with TIMELY_SYNC_SMTP_URL: set both or neither',
    },
  )
  .refine(isWholeApplication, {
    path: ['TIMELY_SYNC_ENTRA_APPLICATION_CERTIFICATE'],
    message: 'belongs together with TIMELY_SYNC_ENTRA_APPLICATION_ID: set both or neither',
  })
  .superRefine((given, context) => {
    for (const problem of [codecProblem(given, given.TIMELY_SYNC_PAYLOAD_KEY), consoleProblem(given)])
      if (problem) context.addIssue({ code: 'custom', path: [problem.path], message: problem.message });
  });

/** `https:`, or `http:` on this machine, which only the sandbox can reach. */
function isReceiverAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:') return ['127.0.0.1', 'localhost'].includes(url.hostname);
  return url?.protocol === 'https:';
}

function isMailServer(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && ['smtp:', 'smtps:'].includes(url.protocol) && url.hostname !== '';
}

/** The settings of a worker, from its environment. */
export interface WorkerSettings {
  databaseUrl: string;
  /** 32 bytes; encrypts tokens at rest. */
  encryptionKey: Buffer;
  /** Earlier keys, which still decrypt. */
  previousKeys: Buffer[];
  /** What tenant files may name. */
  policy: TenantPolicy;
  taskQueue: string;
  /** For worker versioning; null when the worker takes any work. */
  buildId: string | null;
  /** The first encrypts what Temporal keeps; none when it is kept as it is. */
  payloadKeys: readonly PayloadKey[];
  listeners: ListenerSettings;
  /** Null when there is no console. */
  console: ConsoleListener | null;
  /** Where the directory's notifications arrive; null when it is only polled. */
  publicUrl: string | null;
  /** Address of Temporal's UI for people, without a slash at the end; null when messages have no link. */
  uiUrl: string | null;
  /** Whether the operator declares that Temporal's own access control proves who answers a request. */
  trustsTemporal: boolean;
  /** The mail server and the sender of e-mails; null when none can be sent. */
  mailServer: { url: string; from: string } | null;
  setUp: SetUpSettings;
  logLevel: (typeof logLevels)[number];
}

/**
 * The worker's settings. Empty variables count as not set, since compose passes unset ones as empty.
 * @throws ConfigurationError with every problem
 */
export function workerSettings(env: Environment): WorkerSettings {
  const data = parse(environment, env);
  return {
    databaseUrl: data.DATABASE_URL,
    encryptionKey: data.TIMELY_SYNC_KEY,
    previousKeys: data.TIMELY_SYNC_KEY_PREVIOUS,
    policy: tenantPolicy(data, env),
    taskQueue: data.TIMELY_SYNC_TASK_QUEUE,
    buildId: data.TIMELY_SYNC_BUILD_ID ?? null,
    payloadKeys: data.TIMELY_SYNC_PAYLOAD_KEY,
    listeners: listenersOf(data),
    console: consoleOf(data),
    publicUrl: data.TIMELY_SYNC_PUBLIC_URL ?? null,
    uiUrl: data.TIMELY_SYNC_UI_URL ?? null,
    trustsTemporal: data.TIMELY_SYNC_TEMPORAL_ACCESS_CONTROL !== undefined,
    mailServer:
      data.TIMELY_SYNC_SMTP_URL !== undefined && data.TIMELY_SYNC_SMTP_FROM !== undefined
        ? { url: data.TIMELY_SYNC_SMTP_URL, from: data.TIMELY_SYNC_SMTP_FROM }
        : null,
    setUp: setUpSettingsOf(data),
    logLevel: data.TIMELY_SYNC_LOG_LEVEL,
  };
}

/**
 * The address of the store, for callers that need nothing else.
 * @throws ConfigurationError when it is not set
 */
export const databaseUrl = (env: Environment): string =>
  parse(z.object({ DATABASE_URL: environment.shape.DATABASE_URL }), env).DATABASE_URL;

function parse<Data>(schema: z.ZodType<Data>, env: Environment): Data {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigurationError("The worker's environment is incomplete or wrong:", {
    problems,
    remedy: 'Set these variables; .env.example explains each.',
  });
}
