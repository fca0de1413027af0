/** A simulated SAP for one test, with clients that sign in by secret, by certificate, or not at all. */
import { Agent } from 'node:https';
import { makeCertificate } from '../../../simulators/certificate.ts';
import { fillContosoSap } from '../../../simulators/company-sap.ts';
import { emptySap } from '../../../simulators/empty-states.ts';
import { serveHttps } from '../../../simulators/https-server.ts';
import { Ledger } from '../../../simulators/ledger.ts';
import {
  type ClientAuthority,
  type ClientCertificate,
  issueClientCertificate,
  makeClientAuthority,
} from '../../../simulators/sap/client-certificates.ts';
import type { SapState } from '../../../simulators/sap/directory/state.ts';

import { type SapSimulator, sapApp } from '../../../simulators/sap/simulator.ts';
import { send, type TestRequest, type TestResponse } from '../world.ts';

export interface SapWorld {
  sap: SapSimulator;
  caPem: string;
  authority: ClientAuthority;
  certificate: ClientCertificate;
  /** Requests a path below /scim with the system's secret. */
  get(path: string, request?: TestRequest): Promise<TestResponse>;
  /** Requests a path of the server without a sign-in, or with that of the given agent. */
  request(path: string, request?: TestRequest, agent?: Agent): Promise<TestResponse>;
  /** An agent that shows a certificate. */
  agentWith(certificate: ClientCertificate): Agent;
  /** Gives an order to the control routes. */
  order(action: string, body?: object): Promise<TestResponse>;
}

export interface SapWorldOptions {
  fill?: (state: SapState) => void;
  clock?: () => Date;
}

/** Certificates are made once: they take most of the time of a short test. */
const certificates = (async () => {
  const [server, authority] = await Promise.all([makeCertificate(), makeClientAuthority()]);
  return { server, authority, certificate: await issueClientCertificate(authority) };
})();

export async function withSap(
  { fill = fillContosoSap, clock = () => new Date() }: SapWorldOptions,
  test: (world: SapWorld) => Promise<void>,
): Promise<void> {
  const { server, authority, certificate } = await certificates;
  const state = emptySap(clock, {
    clientAuthority: authority.certificate,
    certificate: certificate.certificate,
  });
  fill(state);
  const address = { url: '' };
  const ledger = new Ledger();
  const { app, simulator } = sapApp({
    state,
    ledger,
    clock,
    origin: () => address.url,
    stateChanged: () => undefined,
  });
  simulator.options.rates = null;
  const running = await serveHttps(app, server, [0], { requestCert: true });
  address.url = running.url;
  const agents: Agent[] = [];
  const newAgent = (options = {}) => {
    const agent = new Agent({ ca: server.ca, keepAlive: true, ...options });
    agents.push(agent);
    return agent;
  };
  const plain = newAgent();
  const request: SapWorld['request'] = (path, options, agent = plain) =>
    send(agent, `${running.url}${path}`, options);
  try {
    await test({
      sap: { ...simulator, url: running.url },
      caPem: server.ca,
      authority,
      certificate,
      request,
      get: (path, options = {}) =>
        request(`/scim${path}`, { ...options, headers: { ...basic(state), ...options.headers } }),
      agentWith: ({ certificate: cert, key }) => newAgent({ cert, key }),
      order: (action, body) => request(`/_control/${action}`, body ? { method: 'POST', body } : {}),
    });
  } finally {
    for (const agent of agents) agent.destroy();
    await running.close();
  }
}

/** Returns the header of a sign-in by secret. */
export function basic({ system }: SapState, secret = system.secrets[0] ?? '', clientId = system.clientId) {
  return { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` };
}

/** Follows nextId. Returns the resources and the pages. */
export async function readAllOf(
  world: SapWorld,
  path: string,
  parameters = '',
  // biome-ignore lint/suspicious/noExplicitAny: tests read foreign responses of many shapes
): Promise<{ resources: any[]; pages: TestResponse[] }> {
  const pages: TestResponse[] = [];
  for (let startId = 'initial'; startId !== 'end'; ) {
    const page = await world.get(`${path}?startId=${startId}${parameters}`);
    if (page.status !== 200) throw new Error(`${page.status} ${page.text}`);
    pages.push(page);
    startId = page.json.nextId;
  }
  return { pages, resources: pages.flatMap(({ json }) => json.Resources ?? []) };
}
