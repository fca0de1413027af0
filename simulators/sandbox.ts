/** The sandbox: simulated Microsoft, Okta, SAP and Timely as HTTPS servers with one certificate authority. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type Certificate, makeCertificate } from './certificate.ts';
import { fillContoso } from './company.ts';
import { contoso } from './contoso.ts';
import { emptyMicrosoft, emptyOkta, emptySap, emptyTimely } from './empty-states.ts';
import { type HttpsServer, serveHttps } from './https-server.ts';
import { Ledger } from './ledger.ts';
import type { SavedMicrosoft } from './microsoft/directory/records.ts';
import { MicrosoftState } from './microsoft/directory/state.ts';
import { type MicrosoftSimulator, microsoftApp } from './microsoft/simulator.ts';
import type { SavedOkta } from './okta/directory/records.ts';
import { OktaState } from './okta/directory/state.ts';
import { type OktaSimulator, oktaApp } from './okta/simulator.ts';
import { clientCertificateIn } from './sap/client-certificates.ts';
import type { SavedSap } from './sap/directory/records.ts';
import { SapState } from './sap/directory/state.ts';
import { type SapSimulator, sapApp } from './sap/simulator.ts';
import { readSaved, replaceFile, SavedState } from './saved-state.ts';
import { type TimelySimulator, timelyApp } from './timely/simulator.ts';
import { type SavedTimely, TimelyState } from './timely/state.ts';

export interface SandboxOptions {
  /** Folder that keeps the state as JSON over restarts. Absent: memory only. */
  dataDir?: string;
  /** Absent or 0: the last port of `dataDir` when it is free, else any. */
  microsoftPort?: number;
  oktaPort?: number;
  sapPort?: number;
  timelyPort?: number;
  /** Fills empty states unless `dataDir` has saved ones. Default: Contoso. */
  company?: (microsoft: MicrosoftState, timely: TimelyState, okta: OktaState, sap: SapState) => void;
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
  /** Host of the Okta org, and the client id and key (PKCS#8 PEM) of its service app. */
  oktaDomain: string;
  oktaClientId: string;
  oktaPrivateKey: string;
  /** What the event hook sends in `Authorization`. */
  oktaHook: string;
  /** Host of the SAP tenant, client id and secret of its system, and its certificate with the key (PEM). */
  sapHost: string;
  sapClientId: string;
  sapSecret: string;
  sapCertificate: string;
}

export interface Sandbox {
  microsoft: MicrosoftSimulator;
  okta: OktaSimulator;
  sap: SapSimulator;
  timely: TimelySimulator;
  /** For NODE_EXTRA_CA_CERTS. Without `dataDir`, a temporary file that `close` removes. */
  caFile: string;
  caPem: string;
  credentials: SandboxCredentials;
  close(): Promise<void>;
}

const savedPorts = z.object({ microsoft: z.int(), okta: z.int(), sap: z.int(), timely: z.int() });
const savedCertificate = z.object({ ca: z.string(), certificate: z.string(), key: z.string() });

/** Starts all servers. Rejects when a given port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const directory = options.dataDir ?? mkdtempSync(join(tmpdir(), 'timely-sync-sandbox-'));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = (name: string) => join(directory, name);
  const certificate = await certificateIn(file('certificate.json'));
  replaceFile(file('ca.pem'), certificate.ca);
  const sapCertificate = await clientCertificateIn(file('sap-client.json'));
  const services = makeServices(options, file, sapCertificate);
  const servers = await serve(services, certificate, options, file('ports.json'));
  const { microsoft, okta, sap, timely } = services;
  return {
    microsoft: { ...microsoft.simulator, url: servers.microsoft.url },
    okta: { ...okta.simulator, url: servers.okta.url },
    sap: { ...sap.simulator, url: servers.sap.url },
    timely: { ...timely.simulator, url: servers.timely.url },
    caFile: file('ca.pem'),
    caPem: certificate.ca,
    credentials: { ...credentialsOf(services.states), sapCertificate: sapCertificate.client.pem },
    close: async () => {
      microsoft.simulator.notifier.close();
      okta.simulator.notifier.close();
      await Promise.all(serviceNames.map((name) => servers[name].close()));
      services.save();
      if (options.dataDir === undefined) rmSync(directory, { recursive: true });
    },
  };
}

const serviceNames = ['microsoft', 'okta', 'sap', 'timely'] as const;
type ServiceName = (typeof serviceNames)[number];
type FileIn = (name: string) => string;

interface States {
  microsoft: MicrosoftState;
  okta: OktaState;
  sap: SapState;
  timely: TimelyState;
}

type SapCertificate = Awaited<ReturnType<typeof clientCertificateIn>>;

function makeServices(options: SandboxOptions, file: FileIn, sapCertificate: SapCertificate) {
  const { dataDir, clock = () => new Date() } = options;
  const states = readStates(options, file, clock, sapCertificate);
  const stores = serviceNames.map(
    (name) => [name, new SavedState(file(`${name}.json`), () => states[name].save())] as const,
  );
  const store = new Map(dataDir === undefined ? [] : stores);
  const common = (name: ServiceName) => ({
    ledger: new Ledger(dataDir === undefined ? undefined : file(`${name}-ledger.jsonl`)),
    clock,
    stateChanged: () => store.get(name)?.changed(),
  });
  const save = () => {
    for (const saved of store.values()) saved.save();
  };
  save();
  const urls = { microsoft: '', okta: '', sap: '', timely: '' };
  const { microsoft, okta, sap, timely } = states;
  return {
    microsoft: microsoftApp({ state: microsoft, origin: () => urls.microsoft, ...common('microsoft') }),
    okta: oktaApp({ state: okta, ...common('okta') }),
    sap: sapApp({ state: sap, origin: () => urls.sap, ...common('sap') }),
    timely: timelyApp({ state: timely, ...common('timely') }),
    states,
    urls,
    save,
  };
}

async function serve(
  services: ReturnType<typeof makeServices>,
  certificate: Certificate,
  { microsoftPort, oktaPort, sapPort, timelyPort }: SandboxOptions,
  portsFile: string,
): Promise<Record<ServiceName, HttpsServer>> {
  const before = savedPorts.safeParse(readSaved(portsFile)).data;
  const started: HttpsServer[] = [];
  const start = async (name: ServiceName, given: number | undefined) => {
    const server = await serveHttps(services[name].app, certificate, portsToTry(given, before?.[name]), {
      requestCert: name === 'sap',
    });
    services.urls[name] = server.url;
    started.push(server);
    return server;
  };
  try {
    const microsoft = await start('microsoft', microsoftPort);
    const okta = await start('okta', oktaPort);
    const sap = await start('sap', sapPort);
    const timely = await start('timely', timelyPort);
    const ports = { microsoft: microsoft.port, okta: okta.port, sap: sap.port, timely: timely.port };
    replaceFile(portsFile, JSON.stringify(ports));
    return { microsoft, okta, sap, timely };
  } catch (error) {
    // A server that keeps running would keep the process alive and its port taken.
    await Promise.all(started.map((server) => server.close()));
    throw error;
  }
}

/** Returns the saved states, or new ones filled by the company. */
function readStates(
  { dataDir, company = fillContoso }: SandboxOptions,
  file: FileIn,
  clock: () => Date,
  { authority, client }: SapCertificate,
): States {
  const saved = (name: ServiceName) => (dataDir === undefined ? undefined : readSaved(file(`${name}.json`)));
  const [savedMicrosoft, savedOkta, savedSap, savedTimely] = serviceNames.map(saved);
  if (![savedMicrosoft, savedOkta, savedSap, savedTimely].includes(undefined)) {
    // These files are replaced in one step, so they hold what `save` returned.
    return {
      microsoft: new MicrosoftState(savedMicrosoft as SavedMicrosoft, clock),
      okta: new OktaState(savedOkta as SavedOkta, clock),
      sap: new SapState(savedSap as SavedSap, clock),
      timely: new TimelyState(savedTimely as SavedTimely, clock),
    };
  }
  const keys = { clientAuthority: authority.certificate, certificate: client.certificate };
  const states = {
    microsoft: emptyMicrosoft(clock),
    okta: emptyOkta(clock),
    sap: emptySap(clock, keys),
    timely: emptyTimely(clock),
  };
  company(states.microsoft, states.timely, states.okta, states.sap);
  states.okta.forgetEarlier();
  return states;
}

function credentialsOf({ microsoft: { app }, okta, sap, timely: { account, oauth } }: States) {
  return {
    tenantId: app.tenantId,
    clientId: app.clientId,
    clientSecret: app.clientSecret,
    accountId: account.id,
    applicationId: oauth.applicationId,
    applicationSecret: oauth.applicationSecret,
    refreshToken: oauth.initialRefreshToken,
    oktaDomain: okta.domain,
    oktaClientId: okta.serviceApp.clientId,
    oktaPrivateKey: okta.serviceApp.privateKey,
    oktaHook: okta.hook.secret,
    sapHost: contoso.sap.host,
    sapClientId: sap.system.clientId,
    sapSecret: sap.system.secrets[0] ?? '',
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
