/** Settings of the console: its public address, its port, and who runs the installation. */
import { z } from 'zod';
import type { EnvironmentVariable } from '../environment-variables.ts';
import { listenPort } from './listener-settings.ts';

export const consoleVariables: readonly EnvironmentVariable[] = [
  {
    name: 'TIMELY_SYNC_CONSOLE_URL',
    readBy: 'worker',
    meaning:
      'Public https address of the console, without a path: https://sync.contoso.example. Without it there is no console.',
  },
  {
    name: 'TIMELY_SYNC_CONSOLE_PORT',
    readBy: 'worker',
    meaning: 'Port that the console listens on, behind a proxy with TLS. Default: 8090; 0 takes a free one.',
  },
  {
    name: 'TIMELY_SYNC_CONSOLE_OPERATORS',
    readBy: 'worker',
    meaning:
      'E-mail addresses of those who run the installation, separated by commas: they see the list of tenants and each tenant. They sign in by the three settings below.',
  },
  {
    name: 'TIMELY_SYNC_CONSOLE_OPERATORS_ISSUER',
    readBy: 'worker',
    meaning:
      "Issuer of the operators' sign-in (OpenID Connect), such as https://login.microsoftonline.com/<tenant id>/v2.0.",
  },
  {
    name: 'TIMELY_SYNC_CONSOLE_OPERATORS_CLIENT_ID',
    readBy: 'worker',
    meaning: "Client id of the console's application at that issuer.",
  },
  {
    name: 'TIMELY_SYNC_CONSOLE_OPERATORS_CLIENT_SECRET',
    readBy: 'worker',
    meaning: 'Its client secret.',
  },
];

const defaultPort = 8_090;

const consoleUrl = z
  .string()
  .refine(isConsoleAddress, 'must be an https address without a path, such as https://sync.contoso.example')
  .transform((text) => new URL(text).origin);

const addresses = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .pipe(z.array(z.email('must be e-mail addresses, separated by commas')));

/** The variables above, for the schema of the worker's environment. */
export const consoleShape = {
  TIMELY_SYNC_CONSOLE_URL: consoleUrl.optional(),
  TIMELY_SYNC_CONSOLE_PORT: listenPort.default(defaultPort),
  TIMELY_SYNC_CONSOLE_OPERATORS: addresses.optional(),
  TIMELY_SYNC_CONSOLE_OPERATORS_ISSUER: z.url('must be an address').startsWith('https://').optional(),
  TIMELY_SYNC_CONSOLE_OPERATORS_CLIENT_ID: z.string().optional(),
  TIMELY_SYNC_CONSOLE_OPERATORS_CLIENT_SECRET: z.string().optional(),
};

/** `https:`, or `http:` on this machine, which only the sandbox can reach. */
function isConsoleAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.pathname !== '/' || url.search !== '' || url.hash !== '') return false;
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'http:' ? isThisMachine(url.hostname) : url.protocol === 'https:';
}

const isThisMachine = (host: string) => ['127.0.0.1', 'localhost'].includes(host);

/** Who runs the installation, and where they sign in. */
export interface OperatorSettings {
  addresses: readonly string[];
  issuer: string;
  clientId: string;
  clientSecret: string;
}

export interface ConsoleListener {
  /** The origin that people open. */
  url: string;
  port: number;
  /** Null: nobody sees the list of tenants. */
  operators: OperatorSettings | null;
}

type Data = z.output<z.ZodObject<typeof consoleShape>>;

/** Null when there is no console. */
export function consoleOf(data: Data): ConsoleListener | null {
  const { TIMELY_SYNC_CONSOLE_URL: url, TIMELY_SYNC_CONSOLE_PORT: port } = data;
  return url === undefined ? null : { url, port, operators: operatorsOf(data) };
}

function operatorsOf(data: Data): OperatorSettings | null {
  const {
    TIMELY_SYNC_CONSOLE_OPERATORS: operators,
    TIMELY_SYNC_CONSOLE_OPERATORS_ISSUER: issuer,
    TIMELY_SYNC_CONSOLE_OPERATORS_CLIENT_ID: clientId,
    TIMELY_SYNC_CONSOLE_OPERATORS_CLIENT_SECRET: clientSecret,
  } = data;
  if (!operators || issuer === undefined || clientId === undefined || clientSecret === undefined) return null;
  return { addresses: operators, issuer, clientId, clientSecret };
}

const belongTogether = [
  'TIMELY_SYNC_CONSOLE_OPERATORS',
  'TIMELY_SYNC_CONSOLE_OPERATORS_ISSUER',
  'TIMELY_SYNC_CONSOLE_OPERATORS_CLIENT_ID',
  'TIMELY_SYNC_CONSOLE_OPERATORS_CLIENT_SECRET',
] as const;

/** What settings of operators lack, as a path and a sentence; null when they are whole. */
export function consoleProblem(data: Data): { path: string; message: string } | null {
  const missing = belongTogether.filter((name) => data[name] === undefined);
  const [path] = missing;
  if (path === undefined || missing.length === belongTogether.length) return null;
  return { path, message: `is missing: ${belongTogether.join(', ')} belong together` };
}
