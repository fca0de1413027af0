import { z } from 'zod';
import { ConfigurationError } from '../domain/errors.ts';
import type { Environment } from './secrets.ts';

/** One environment variable that the product reads. */
export interface VariableNote {
  name: string;
  /** What it is for, in a sentence. */
  meaning: string;
  readBy: 'worker' | 'worker and client' | 'start';
}

/**
 * Every environment variable the product reads, apart from those that tenant files name with `env:`. The TEMPORAL_ ones
 * are read by Temporal's own library for its connection, as by every Temporal tool.
 */
export const environmentVariables: readonly VariableNote[] = [
  {
    name: 'DATABASE_URL',
    readBy: 'worker',
    meaning: 'PostgreSQL of the store, postgres://user:password@host:5432/database.',
  },
  {
    name: 'TIMELY_SYNC_KEY',
    readBy: 'worker',
    meaning:
      'Key that encrypts OAuth tokens in the store: 32 random bytes in base64 (openssl rand -base64 32). Without it they cannot be read again.',
  },
  {
    name: 'TIMELY_SYNC_KEY_PREVIOUS',
    readBy: 'worker',
    meaning:
      'Earlier values of TIMELY_SYNC_KEY, separated by commas, while it is being replaced: they open what they sealed, and seal nothing.',
  },
  {
    name: 'TIMELY_SYNC_TASK_QUEUE',
    readBy: 'worker and client',
    meaning: 'Temporal task queue of workers and commands; timely-sync unless set.',
  },
  {
    name: 'TIMELY_SYNC_BUILD_ID',
    readBy: 'worker',
    meaning:
      "This release's name, for upgrades by Temporal's worker versioning: workers that have one get work only when it is made current. None unless set.",
  },
  {
    name: 'TIMELY_SYNC_HEALTH_PORT',
    readBy: 'worker',
    meaning:
      'Port of GET /healthz, GET /readyz, GET /metrics and the receiver of change notifications; 8080 unless set, 0 takes a free one.',
  },
  {
    name: 'TIMELY_SYNC_PUBLIC_URL',
    readBy: 'worker',
    meaning:
      'Public https address that leads to the receiver of change notifications; without it the directory is only polled.',
  },
  {
    name: 'TIMELY_SYNC_UI_URL',
    readBy: 'worker',
    meaning: "Address of Temporal's UI as people reach it; messages link to it when it is set.",
  },
  {
    name: 'TIMELY_SYNC_SMTP_URL',
    readBy: 'worker',
    meaning:
      'Mail server for messages by e-mail, smtp://user:password@host:587 or smtps://user:password@host:465.',
  },
  {
    name: 'TIMELY_SYNC_SMTP_FROM',
    readBy: 'worker',
    meaning: 'Sender of those e-mails, an address or "Name <address>".',
  },
  {
    name: 'TIMELY_SYNC_LOG_LEVEL',
    readBy: 'worker',
    meaning: 'trace, debug, info, warn, error or fatal; info unless set.',
  },
  {
    name: 'NODE_EXTRA_CA_CERTS',
    readBy: 'worker',
    meaning: 'PEM file of a certificate authority to trust beside the public ones (Node.js reads it).',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    readBy: 'worker',
    meaning:
      'Collector that OpenTelemetry traces go to over HTTP, http://collector:4318; no traces without it. Further OTEL_ variables as OpenTelemetry documents them.',
  },
  { name: 'TEMPORAL_ADDRESS', readBy: 'worker and client', meaning: 'Host and port of the Temporal server.' },
  {
    name: 'TEMPORAL_NAMESPACE',
    readBy: 'worker and client',
    meaning: 'Temporal namespace; default unless set.',
  },
  { name: 'TEMPORAL_API_KEY', readBy: 'worker and client', meaning: 'API key of Temporal Cloud.' },
  {
    name: 'TEMPORAL_TLS',
    readBy: 'worker and client',
    meaning: 'true to speak TLS to Temporal, with TEMPORAL_TLS_* for certificates.',
  },
  {
    name: 'TEMPORAL_CLI_PATH',
    readBy: 'start',
    meaning: "Temporal's command line tool, when npm start should not look for it.",
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
    TIMELY_SYNC_HEALTH_PORT: z
      .string()
      .regex(/^\d{1,5}$/, 'must be a port')
      .transform(Number)
      .refine((port) => port <= 65_535, 'must be a port')
      .default(8080),
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
      message: 'belongs together with TIMELY_SYNC_SMTP_URL: set both or none',
    },
  );

/** `https:`; or `http:` on this machine itself, which only the sandbox can reach. */
function isReceiverAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:') return ['127.0.0.1', 'localhost'].includes(url.hostname);
  return url?.protocol === 'https:';
}

function isMailServer(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && ['smtp:', 'smtps:'].includes(url.protocol) && url.hostname !== '';
}

/** What a worker is told by its environment. */
export interface WorkerSettings {
  databaseUrl: string;
  /** 32 bytes; encrypts tokens at rest. */
  encryptionKey: Buffer;
  /** Earlier keys, which still open what they sealed. */
  previousKeys: Buffer[];
  taskQueue: string;
  /** For worker versioning; null: the worker takes any work. */
  buildId: string | null;
  /** 0 takes a free port. */
  healthPort: number;
  /** Where the directory's notifications arrive; null: it is only polled. */
  publicUrl: string | null;
  /** Temporal's UI as people reach it, without a slash at the end; null: messages have no link. */
  uiUrl: string | null;
  /** Where e-mail is handed in, and its sender; null: none can be sent. */
  mailServer: { url: string; from: string } | null;
  logLevel: (typeof logLevels)[number];
}

/**
 * The worker's settings. Variables that are set but empty count as not set (compose passes them so).
 * @throws ConfigurationError with every problem
 */
export function workerSettings(env: Environment): WorkerSettings {
  const data = complete(environment, env);
  return {
    databaseUrl: data.DATABASE_URL,
    encryptionKey: data.TIMELY_SYNC_KEY,
    previousKeys: data.TIMELY_SYNC_KEY_PREVIOUS,
    taskQueue: data.TIMELY_SYNC_TASK_QUEUE,
    buildId: data.TIMELY_SYNC_BUILD_ID ?? null,
    healthPort: data.TIMELY_SYNC_HEALTH_PORT,
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
 * Where the store is, for whoever needs nothing else.
 * @throws ConfigurationError when that is not said
 */
export const storeAddress = (env: Environment): string =>
  complete(z.object({ DATABASE_URL: environment.shape.DATABASE_URL }), env).DATABASE_URL;

function complete<Data>(schema: z.ZodType<Data>, env: Environment): Data {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigurationError(`The worker's environment is not complete:\n${problems.join('\n')}`, {
    remedy: 'Set these variables; .env.example explains each.',
  });
}
