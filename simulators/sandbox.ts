/** The sandbox: simulated Microsoft and Timely as two HTTPS servers with one certificate authority. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type Certificate, makeCertificate } from './certificate.ts';
import { fillContoso } from './company.ts';
import { emptyMicrosoft, emptyTimely } from './empty-states.ts';
import { serveHttps } from './https-server.ts';
import { Ledger } from './ledger.ts';
import type { SavedMicrosoft } from './microsoft/directory/records.ts';
import { MicrosoftState } from './microsoft/directory/state.ts';
import { type MicrosoftSimulator, microsoftApp } from './microsoft/simulator.ts';
import { readSaved, replaceFile, SavedState } from './saved-state.ts';
import { type TimelySimulator, timelyApp } from './timely/simulator.ts';
import { type SavedTimely, TimelyState } from './timely/state.ts';

export interface SandboxOptions {
  /** Folder that keeps the state as JSON over restarts. Absent: memory only. */
  dataDir?: string;
  /** Absent or 0: the last port of `dataDir` when it is free, else any. */
  microsoftPort?: number;
  timelyPort?: number;
  /** Fills empty states unless `dataDir` has saved ones. Default: Contoso. */
  company?: (microsoft: MicrosoftState, timely: TimelyState) => void;
  clock?: () => Date;
}

/** What a tenant file needs to reach the sandbox. */
export interface SandboxCredentials {
  tenantId: string;
  clientId: string;
  clientSecret: string;
  accountId: number;
  applicationId: string;
  applicationSecret: string;
  /** The first refresh token. Works once, because refresh tokens rotate. */
  refreshToken: string;
}

export interface Sandbox {
  microsoft: MicrosoftSimulator;
  timely: TimelySimulator;
  /** For NODE_EXTRA_CA_CERTS. Without `dataDir`, a temporary file that `close` removes. */
  caFile: string;
  caPem: string;
  credentials: SandboxCredentials;
  close(): Promise<void>;
}

const savedPorts = z.object({ microsoft: z.int(), timely: z.int() });
const savedCertificate = z.object({ ca: z.string(), certificate: z.string(), key: z.string() });

/** Starts both servers. Rejects when a given port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const directory = options.dataDir ?? mkdtempSync(join(tmpdir(), 'timely-sync-sandbox-'));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = (name: string) => join(directory, name);
  const certificate = await certificateIn(file('certificate.json'));
  replaceFile(file('ca.pem'), certificate.ca);
  const services = makeServices(options, file);
  const servers = await serve(services, certificate, options, file('ports.json'));
  return {
    microsoft: { ...services.microsoft.simulator, url: servers.microsoft.url },
    timely: { ...services.timely.simulator, url: servers.timely.url },
    caFile: file('ca.pem'),
    caPem: certificate.ca,
    credentials: credentialsOf(services.microsoft.simulator.state, services.timely.simulator.state),
    close: async () => {
      services.microsoft.simulator.notifier.close();
      await Promise.all([servers.microsoft.close(), servers.timely.close()]);
      services.save();
      if (options.dataDir === undefined) rmSync(directory, { recursive: true });
    },
  };
}

type FileIn = (name: string) => string;

function makeServices(options: SandboxOptions, file: FileIn) {
  const { dataDir, clock = () => new Date() } = options;
  const states = readStates(options, file, clock);
  const stores = {
    microsoft: new SavedState(file('microsoft.json'), () => states.microsoft.save()),
    timely: new SavedState(file('timely.json'), () => states.timely.save()),
  };
  const common = (name: 'microsoft' | 'timely') => ({
    ledger: new Ledger(dataDir === undefined ? undefined : file(`${name}-ledger.jsonl`)),
    clock,
    stateChanged: () => (dataDir === undefined ? undefined : stores[name].changed()),
  });
  const save = () => {
    if (dataDir === undefined) return;
    stores.microsoft.save();
    stores.timely.save();
  };
  save();
  const urls = { microsoft: '' };
  const origin = () => urls.microsoft;
  const microsoft = microsoftApp({ state: states.microsoft, origin, ...common('microsoft') });
  const timely = timelyApp({ state: states.timely, ...common('timely') });
  return { microsoft, timely, urls, save };
}

async function serve(
  { microsoft, timely, urls }: ReturnType<typeof makeServices>,
  certificate: Certificate,
  { microsoftPort, timelyPort }: SandboxOptions,
  portsFile: string,
) {
  const before = savedPorts.safeParse(readSaved(portsFile)).data;
  const microsoftServer = await serveHttps(
    microsoft.app,
    certificate,
    portsToTry(microsoftPort, before?.microsoft),
  );
  urls.microsoft = microsoftServer.url;
  // A first server that keeps running would keep the process alive and its port taken.
  const timelyServer = await serveHttps(
    timely.app,
    certificate,
    portsToTry(timelyPort, before?.timely),
  ).catch(async (error: unknown) => {
    await microsoftServer.close();
    throw error;
  });
  const ports = { microsoft: microsoftServer.port, timely: timelyServer.port };
  replaceFile(portsFile, JSON.stringify(ports));
  return { microsoft: microsoftServer, timely: timelyServer };
}

/** Returns the saved states, or new ones filled by the company. */
function readStates(
  { dataDir, company = fillContoso }: SandboxOptions,
  file: FileIn,
  clock: () => Date,
): { microsoft: MicrosoftState; timely: TimelyState } {
  const savedMicrosoft = dataDir === undefined ? undefined : readSaved(file('microsoft.json'));
  const savedTimely = dataDir === undefined ? undefined : readSaved(file('timely.json'));
  if (savedMicrosoft !== undefined && savedTimely !== undefined) {
    // These files are replaced in one step, so they hold what `save` returned.
    return {
      microsoft: new MicrosoftState(savedMicrosoft as SavedMicrosoft, clock),
      timely: new TimelyState(savedTimely as SavedTimely, clock),
    };
  }
  const microsoft = emptyMicrosoft(clock);
  const timely = emptyTimely(clock);
  company(microsoft, timely);
  return { microsoft, timely };
}

function credentialsOf({ app }: MicrosoftState, { account, oauth }: TimelyState): SandboxCredentials {
  return {
    tenantId: app.tenantId,
    clientId: app.clientId,
    clientSecret: app.clientSecret,
    accountId: account.id,
    applicationId: oauth.applicationId,
    applicationSecret: oauth.applicationSecret,
    refreshToken: oauth.initialRefreshToken,
  };
}

/** Returns the given port alone, else the last one and then any. */
const portsToTry = (given: number | undefined, before: number | undefined): number[] =>
  given ? [given] : [...(before === undefined ? [] : [before]), 0];

async function certificateIn(file: string): Promise<Certificate> {
  const known = savedCertificate.safeParse(readSaved(file)).data;
  if (known) return known;
  const made = await makeCertificate();
  replaceFile(file, JSON.stringify(made));
  return made;
}
