/** The sandbox: simulated Microsoft, Okta, SAP and Timely as HTTPS servers with one certificate authority. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type Certificate, makeCertificate } from './certificate.ts';
import { type HttpsServer, serveHttps } from './https-server.ts';
import { Ledger } from './ledger.ts';
import { type Mailbox, startMailbox } from './mailbox/mailbox.ts';
import { sharedCertificateIn } from './microsoft/sign-in/shared-certificate.ts';
import { type MicrosoftSimulator, microsoftApp } from './microsoft/simulator.ts';
import { type OktaSimulator, oktaApp } from './okta/simulator.ts';
import { clientCertificateIn } from './sap/client-certificates.ts';
import { type SapSimulator, sapApp } from './sap/simulator.ts';
import { readSaved, replaceFile, SavedState } from './saved-state.ts';
import {
  type Company,
  credentialsOf,
  readStates,
  type SandboxCredentials,
  type SapCertificate,
  type ServiceName,
  serviceNames,
} from './states/states.ts';
import { type TimelySimulator, timelyApp } from './timely/simulator.ts';

export interface SandboxOptions {
  /** Folder that keeps the state as JSON over restarts. Absent: memory only. */
  dataDir?: string;
  /** Absent or 0: the last port of `dataDir` when it is free, else any. */
  microsoftPort?: number;
  oktaPort?: number;
  sapPort?: number;
  timelyPort?: number;
  /** Fills empty states unless `dataDir` has saved ones. Default: Contoso. */
  company?: Company;
  clock?: () => Date;
  /** Those of another sandbox, which clients trust already. Default: those of `dataDir`, else new ones. */
  certificates?: SandboxCertificates;
  /** With a mailbox, and a port for its page as above. */
  mailbox?: boolean;
  mailboxPort?: number;
}

/** What clients trust, and what SAP trusts. */
export interface SandboxCertificates {
  server: Certificate;
  sap: SapCertificate;
}

export interface Sandbox {
  microsoft: MicrosoftSimulator;
  okta: OktaSimulator;
  sap: SapSimulator;
  timely: TimelySimulator;
  /** For NODE_EXTRA_CA_CERTS. Without `dataDir`, a temporary file that `close` removes. */
  caFile: string;
  caPem: string;
  certificates: SandboxCertificates;
  credentials: SandboxCredentials;
  /** PEM with certificate and key for the multi-tenant application of the installation. Made at the first call. */
  sharedCertificate(): Promise<string>;
  /** Null unless asked for. */
  mailbox: Mailbox | null;
  close(): Promise<void>;
}

const savedPorts = z.object({
  microsoft: z.int(),
  okta: z.int(),
  sap: z.int(),
  timely: z.int(),
  mailbox: z.int().optional(),
});
const savedCertificate = z.object({ ca: z.string(), certificate: z.string(), key: z.string() });

/** Starts all servers. Rejects when a given port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const directory = options.dataDir ?? mkdtempSync(join(tmpdir(), 'timely-sync-sandbox-'));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = (name: string) => join(directory, name);
  const certificate = options.certificates?.server ?? (await certificateIn(file('certificate.json')));
  replaceFile(file('ca.pem'), certificate.ca);
  const sapCertificate = options.certificates?.sap ?? (await clientCertificateIn(file('sap-client.json')));
  const services = makeServices(options, file, sapCertificate);
  const servers = await serve(services, certificate, options, file('ports.json'));
  const closeServers = () => Promise.all(serviceNames.map((name) => servers[name].close()));
  const mailbox = options.mailbox ? await mailboxFor(options, certificate, file, closeServers) : null;
  const { microsoft, okta, sap, timely } = services;
  return {
    microsoft: { ...microsoft.simulator, url: servers.microsoft.url },
    okta: { ...okta.simulator, url: servers.okta.url },
    sap: { ...sap.simulator, url: servers.sap.url },
    timely: { ...timely.simulator, url: servers.timely.url },
    caFile: file('ca.pem'),
    caPem: certificate.ca,
    certificates: { server: certificate, sap: sapCertificate },
    sharedCertificate: () => sharedCertificateIn(file('shared-application.json')),
    mailbox,
    credentials: { ...credentialsOf(services.states), sapCertificate: sapCertificate.client.pem },
    close: async () => {
      microsoft.simulator.notifier.close();
      okta.simulator.notifier.close();
      await Promise.all([closeServers(), mailbox?.close()]);
      services.save();
      if (options.dataDir === undefined) rmSync(directory, { recursive: true });
    },
  };
}

type FileIn = (name: string) => string;

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
    replaceFile(portsFile, JSON.stringify({ ...before, ...ports }));
    return { microsoft, okta, sap, timely };
  } catch (error) {
    // A server that keeps running would keep the process alive and its port taken.
    await Promise.all(started.map((server) => server.close()));
    throw error;
  }
}

/** Starts the mailbox on the port that it had before, when that is free. */
async function mailboxFor(
  { dataDir, mailboxPort, clock = () => new Date() }: SandboxOptions,
  certificate: Certificate,
  file: FileIn,
  closeServers: () => Promise<unknown>,
): Promise<Mailbox> {
  const before = savedPorts.safeParse(readSaved(file('ports.json'))).data;
  const ports = portsToTry(mailboxPort, before?.mailbox);
  const kept = dataDir === undefined ? {} : { file: file('mailbox.json') };
  const mailbox = await startMailbox({ certificate, ports, clock, ...kept }).catch(async (error: unknown) => {
    await closeServers();
    throw error;
  });
  replaceFile(file('ports.json'), JSON.stringify({ ...before, mailbox: Number(new URL(mailbox.url).port) }));
  return mailbox;
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
