import { z } from 'zod';
import { ConfigurationError } from '../domain/errors.ts';
import {
  codecProblem,
  type ListenerSettings,
  listenerShape,
  listenersOf,
  listenerVariables,
} from './listener-settings.ts';
import { type PayloadKey, payloadKeysSchema, payloadKeyVariable } from './payload-keys.ts';
import type { Environment } from './secrets.ts';

/** One environment variable that the product reads. */
export interface EnvironmentVariable {
  name: string;
  /** Its purpose, in a sentence. */
  meaning: string;
  readBy: 'worker' | 'worker and client' | 'start';
}

/**
 * Every environment variable that the product reads, except those that tenant files name with `env:`. Temporal's own
 * library reads the TEMPORAL_ ones, as in every Temporal tool.
 */
export const environmentVariables: readonly EnvironmentVariable[] = [
  {
    name: 'DATABASE_URL',
    readBy: 'worker',
    meaning: 'PostgreSQL of the store, postgres://user:password@host:5432/database.',
  },
  {
    name: 'TIMELY_SYNC_KEY',
    readBy: 'worker',
    meaning:
      'Key that encrypts OAuth tokens in the store: 32 random bytes in base64 (openssl rand -base64 32). Without it they cannot be decrypted.',
  },
  {
    name: 'TIMELY_SYNC_KEY_PREVIOUS',
    readBy: 'worker',
    meaning:
      'Earlier values of TIMELY_SYNC_KEY, separated by commas, while it is being replaced. They only decrypt.',
  },
  {
    name: 'TIMELY_SYNC_TASK_QUEUE',
    readBy: 'worker and client',
    meaning: 'Temporal task queue of workers and commands. Default: timely-sync.',
  },
  {
    name: 'TIMELY_SYNC_BUILD_ID',
    readBy: 'worker',
    meaning:
      "Build id of this release, for upgrades with Temporal's worker versioning: workers with a build id get work only after it is made current. Default: none.",
  },
  payloadKeyVariable,
  ...listenerVariables,
  {
    name: 'TIMELY_SYNC_PUBLIC_URL',
    readBy: 'worker',
    meaning:
      'Public https address of the receiver of change notifications. Without it the directory is only polled.',
  },
  {
    name: 'TIMELY_SYNC_UI_URL',
    readBy: 'worker',
    meaning: "Address of Temporal's UI for people. Messages link to it when it is set.",
  },
  {
    name: 'TIMELY_SYNC_SMTP_URL',
    readBy: 'worker',
    meaning:
      'Mail server for e-mail messages, smtp://user:password@host:587 or smtps://user:password@host:465.',
  },
  {
    name: 'TIMELY_SYNC_SMTP_FROM',
    readBy: 'worker',
    meaning: 'Sender of those e-mails, an address or "Name <address>".',
  },
  {
    name: 'TIMELY_SYNC_LOG_LEVEL',
    readBy: 'worker',
    meaning: 'trace, debug, info, warn, error or fatal. Default: info.',
  },
  {
    name: 'NODE_EXTRA_CA_CERTS',
    readBy: 'worker',
    meaning: 'PEM file of a certificate authority to trust in addition to the public ones (read by Node.js).',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    readBy: 'worker',
    meaning:
      'Collector for OpenTelemetry traces over HTTP, http://collector:4318. Without it there are no traces. OpenTelemetry documents further OTEL_ variables.',
  },
  { name: 'TEMPORAL_ADDRESS', readBy: 'worker and client', meaning: 'Host and port of the Temporal server.' },
  {
    name: 'TEMPORAL_NAMESPACE',
    readBy: 'worker and client',
    meaning: 'Temporal namespace. Default: default.',
  },
  { name: 'TEMPORAL_API_KEY', readBy: 'worker and client', meaning: 'API key of Temporal Cloud.' },
  {
    name: 'TEMPORAL_TLS',
    readBy: 'worker and client',
    meaning: 'true to connect to Temporal over TLS, with TEMPORAL_TLS_* for certificates.',
  },
  {
    name: 'TEMPORAL_CLI_PATH',
    readBy: 'start',
    meaning: "Path of Temporal's command line tool, when npm start should not search for it.",
  },
];

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

const environment = z
  .object({
    DATABASE_URL: z
      .string({ error: 'is missing: the address of the store, postgres://…' })
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'),
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
    TIMELY_SYNC_TASK_QUEUE: z.string().default('timely-sync'),
    TIMELY_SYNC_BUILD_ID: z
      .string()
      .regex(/^[\w.-]{1,100}$/, 'must be letters, digits, dots, - and _, at most 100')
      .optional(),
    TIMELY_SYNC_PAYLOAD_KEY: payloadKeysSchema,
    ...listenerShape,
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
      .transform((text) => text.replace(/\/+$/, ''))
      .optional(),
    TIMELY_SYNC_SMTP_URL: z
      .string()
      .refine(isMailServer, 'must be smtp://host:port or smtps://host:port, with user:password@ where needed')
      .optional(),
    TIMELY_SYNC_SMTP_FROM: z
      .string()
      .regex(/^[^@]*[^\s@]+@[^\s@]+$/, 'must be an e-mail address, or "Name <address>"')
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
  .superRefine((given, context) => {
    const problem = codecProblem(given, given.TIMELY_SYNC_PAYLOAD_KEY);
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
  taskQueue: string;
  /** For worker versioning; null when the worker takes any work. */
  buildId: string | null;
  /** The first encrypts what Temporal keeps; none when it is kept as it is. */
  payloadKeys: readonly PayloadKey[];
  listeners: ListenerSettings;
  /** Where the directory's notifications arrive; null when it is only polled. */
  publicUrl: string | null;
  /** Address of Temporal's UI for people, without a slash at the end; null when messages have no link. */
  uiUrl: string | null;
  /** The mail server and the sender of e-mails; null when none can be sent. */
  mailServer: { url: string; from: string } | null;
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
    taskQueue: data.TIMELY_SYNC_TASK_QUEUE,
    buildId: data.TIMELY_SYNC_BUILD_ID ?? null,
    payloadKeys: data.TIMELY_SYNC_PAYLOAD_KEY,
    listeners: listenersOf(data),
    publicUrl: data.TIMELY_SYNC_PUBLIC_URL ?? null,
    uiUrl: data.TIMELY_SYNC_UI_URL ?? null,
    mailServer:
      data.TIMELY_SYNC_SMTP_URL !== undefined && data.TIMELY_SYNC_SMTP_FROM !== undefined
        ? { url: data.TIMELY_SYNC_SMTP_URL, from: data.TIMELY_SYNC_SMTP_FROM }
        : null,
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
  const problems = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigurationError(`The worker's environment is incomplete or wrong:\n${problems.join('\n')}`, {
    remedy: 'Set these variables; .env.example explains each.',
  });
}
