/** Everything that a sync needs, on this machine. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allowancesOf } from '../../config/policy/allowances.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { DirectoryName } from '../sandbox/edits.ts';
import { childEnvironment, referencedVariables } from './child-environment.ts';
import { contosoVariables } from './contoso-variables.ts';
import { type SandboxProcess, startSandboxProcess, startWorker, workerProgram } from './node-processes.ts';
import { choosePort, withOtherPorts } from './ports.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import type { ProcessGroup } from './process-group.ts';
import { storedSecret } from './stored-secret.ts';
import { startTemporal, type Temporal } from './temporal.ts';

export interface StackOptions {
  /** Folder of everything that is kept. */
  dataFolder: string;
  /** With the simulators. */
  sandbox: boolean;
  /** The simulator that is the tenant's directory. */
  directory?: DirectoryName;
  /** The worker allows the secrets and hosts that these name, besides those that its settings allow. */
  files: readonly TenantFile[];
  port?: number;
  uiPort?: number;
  /** How many workers; one unless given. */
  workers?: number;
  /** Called when a worker had to be replaced. */
  say: (sentence: string) => void;
}

/** Where the running stack is reached. */
export interface Stack {
  /** For TEMPORAL_ADDRESS. */
  address: string;
  uiUrl: string;
  /** Where the worker receives notifications, when it does. */
  publicUrl?: string | undefined;
  /** Where people decide, look up and set up, when the worker has the pages. */
  consoleUrl?: string | undefined;
  /** The sandbox's mailbox. */
  mailboxUrl?: string | undefined;
}

/**
 * Starts PostgreSQL, Temporal and the sandbox at once and a worker when they are there. All are processes of the group,
 * which stops them, also when one cannot be started.
 * @throws CommandError (1) that says which one and why
 */
export async function startStack(group: ProcessGroup, options: StackOptions): Promise<Stack> {
  const { dataFolder, port, uiPort, workers = 1, say } = options;
  const launch = group.start;
  const ports = { ...(port !== undefined && { port }), ...(uiPort !== undefined && { uiPort }) };
  const [postgres, temporal, sandbox] = await Promise.all([
    startPostgres({ dataFolder, launch }),
    startTemporal({ dataFolder, launch, ...ports }),
    options.sandbox ? startSandboxProcess(dataFolder, launch, options.directory) : null,
  ]);
  const known = await workerVariables(options.files, dataFolder, postgres, temporal, sandbox);
  const common = { ...known, ...(await allowanceVariables(options.files, known)) };
  const receives = sandbox !== null && !process.env.TIMELY_SYNC_PUBLIC_URL;
  const variables = await withOtherPorts(async () => {
    const own = {
      ...common,
      ...(receives && (await receiverVariables(dataFolder))),
      ...(sandbox && !process.env.TIMELY_SYNC_CONSOLE_URL && (await consoleVariables(dataFolder, sandbox))),
    };
    await startWorker(workerProgram(dataFolder, own), launch, say);
    return own;
  });
  // One of them receives notifications and has the console, at the ports that are known.
  const others = workerProgram(dataFolder, {
    ...variables,
    TIMELY_SYNC_HEALTH_PORT: '0',
    TIMELY_SYNC_CONSOLE_PORT: '0',
  });
  for (let started = 1; started < workers; started += 1) await startWorker(others, launch, say);
  const { TIMELY_SYNC_PUBLIC_URL: publicUrl, TIMELY_SYNC_CONSOLE_URL: consoleUrl } = variables;
  const { address, uiUrl } = temporal;
  await group.noteAddresses({ address, uiUrl });
  return { address, uiUrl, publicUrl, consoleUrl, mailboxUrl: sandbox?.mailbox };
}

/** The worker's environment: what it needs of ours, with the secrets that tenant files name, and where the servers are. */
async function workerVariables(
  files: readonly TenantFile[],
  dataFolder: string,
  postgres: Postgres,
  temporal: Temporal,
  sandbox: SandboxProcess | null,
): Promise<NodeJS.ProcessEnv> {
  const { TIMELY_SYNC_SHARED_REFERENCES: shared = '' } = process.env;
  const names = [...referencedVariables(files), ...shared.split(/[^\w]+/)];
  return {
    // Not what leads to another Temporal.
    ...childEnvironment(
      'worker',
      names.filter((name) => !name.startsWith('TEMPORAL_')),
    ),
    TIMELY_SYNC_KEY: process.env.TIMELY_SYNC_KEY || (await storedSecret(join(dataFolder, 'encryption.key'))),
    TIMELY_SYNC_HEALTH_PORT: process.env.TIMELY_SYNC_HEALTH_PORT || '0',
    DATABASE_URL: postgres.url,
    TEMPORAL_ADDRESS: temporal.address,
    TIMELY_SYNC_UI_URL: process.env.TIMELY_SYNC_UI_URL || temporal.uiUrl,
    // A file that is not there: profiles of the Temporal CLI would add their TLS and keys.
    TEMPORAL_CONFIG_FILE: join(dataFolder, 'no-profiles.toml'),
    ...(sandbox && (await sandboxVariables(dataFolder, sandbox))),
  };
}

/** What the files name, added to what the environment allows. */
async function allowanceVariables(
  files: readonly TenantFile[],
  env: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  const { references, hosts, webhookHosts } = await allowancesOf(files, env);
  const joined = (name: string, entries: string[]) => ({
    [name]: [...(env[name] ? [env[name]] : []), ...entries].join(','),
  });
  return {
    ...joined('TIMELY_SYNC_SHARED_REFERENCES', references),
    ...joined('TIMELY_SYNC_ALLOWED_HOSTS', hosts),
    ...joined('TIMELY_SYNC_WEBHOOK_HOSTS', webhookHosts),
  };
}

/** What tenants/contoso.yaml names with `env:`, and the trust in the sandbox's certificates. */
export async function sandboxVariables(
  dataFolder: string,
  sandbox: SandboxProcess,
): Promise<NodeJS.ProcessEnv> {
  return {
    ...contosoVariables(sandbox),
    NODE_EXTRA_CA_CERTS: await trustedCertificates(dataFolder, sandbox.caFile),
    ...servicesForAll(sandbox),
    // Nobody outside gets a message of the sandbox's people.
    TIMELY_SYNC_SMTP_URL: sandbox.mailServer,
    TIMELY_SYNC_SMTP_FROM: 'Timely sync <sync@contoso.example>',
  };
}

/** The sandbox is on this machine, so it reaches the worker's receiver there; the same port next time. */
async function receiverVariables(dataFolder: string): Promise<NodeJS.ProcessEnv> {
  const port = await choosePort(dataFolder, 'worker');
  return {
    TIMELY_SYNC_LISTEN: '127.0.0.1',
    TIMELY_SYNC_HEALTH_PORT: String(port),
    TIMELY_SYNC_PUBLIC_URL: `http://127.0.0.1:${port}/notifications`,
  };
}

/** What the tenants that are set up in the browser may name: the simulators, and the application of Timely. */
function servicesForAll({ microsoft, okta, sap, timely }: SandboxProcess): NodeJS.ProcessEnv {
  const hosts = [microsoft, okta, sap, timely].map((address) => new URL(address).host);
  const joined = (name: string, entries: string[]) => ({
    [name]: [...(process.env[name] ? [process.env[name]] : []), ...entries].join(','),
  });
  return {
    ...joined('TIMELY_SYNC_SHARED_REFERENCES', ['env:TIMELY_CLIENT_ID', 'env:TIMELY_CLIENT_SECRET']),
    ...joined('TIMELY_SYNC_ALLOWED_HOSTS', hosts),
    TIMELY_SYNC_CONSOLE_ENDPOINTS: `login=${microsoft},graph=${microsoft},okta=${okta},sap=${sap},timely=${timely}`,
    TIMELY_SYNC_CONSOLE_START: 'running',
  };
}

/**
 * The console is for this machine, at the same port next time. Contoso's administrator runs the installation, and its
 * shared application is the one that the simulated Microsoft knows.
 */
async function consoleVariables(dataFolder: string, sandbox: SandboxProcess): Promise<NodeJS.ProcessEnv> {
  const port = await choosePort(dataFolder, 'console');
  return {
    TIMELY_SYNC_CONSOLE_URL: `http://localhost:${port}`,
    TIMELY_SYNC_CONSOLE_PORT: String(port),
    TIMELY_SYNC_CONSOLE_OPERATORS: 'henrik.lund@contoso.example',
    TIMELY_SYNC_CONSOLE_OPERATORS_ISSUER: `${sandbox.microsoft}/${sandbox.tenantId}/v2.0`,
    TIMELY_SYNC_CONSOLE_OPERATORS_CLIENT_ID: sandbox.operatorsClientId,
    TIMELY_SYNC_CONSOLE_OPERATORS_CLIENT_SECRET: sandbox.operatorsSecret,
    TIMELY_SYNC_ENTRA_APPLICATION_ID: sandbox.sharedClientId,
    TIMELY_SYNC_ENTRA_APPLICATION_CERTIFICATE: 'env:SANDBOX_SHARED_CERTIFICATE',
    SANDBOX_SHARED_CERTIFICATE: sandbox.sharedCertificate,
  };
}

/** Node reads one file of extra certificates: the sandbox's, joined with the one that was set already. */
async function trustedCertificates(dataFolder: string, caFile: string): Promise<string> {
  const own = process.env.NODE_EXTRA_CA_CERTS;
  if (!own) return caFile;
  const texts = await Promise.all([own, caFile].map((file) => readFile(file, 'utf8').catch(() => '')));
  const joined = join(dataFolder, 'trusted-certificates.pem');
  await writeFile(joined, texts.join('\n'));
  return joined;
}
