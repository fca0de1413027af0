import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../simulators/sandbox.ts';
import { stayingPort } from '../../support/ports.ts';
import { send } from '../world.ts';
import { basic } from './sap-world.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** Signs in with the credentials that a tenant file gets: one PEM text, or id and secret. */
async function statuses({ sap, caPem, credentials }: Sandbox) {
  const { sapCertificate: pem, sapSecret, sapClientId } = credentials;
  const agents = [new Agent({ ca: caPem, cert: pem, key: pem }), new Agent({ ca: caPem })];
  const url = `${sap.url}/scim/Users?count=1`;
  const header = { headers: basic(sap.state, sapSecret, sapClientId) };
  const [byCertificate, bySecret, neither] = await Promise.all([
    send(agents[0] ?? new Agent(), url),
    send(agents[1] ?? new Agent(), url, header),
    send(agents[1] ?? new Agent(), url),
  ]);
  for (const agent of agents) agent.destroy();
  return [byCertificate.status, bySecret.status, neither.status];
}

test('a restart keeps the port, people, settings and credentials of the simulated SAP', async () => {
  const first = await startSandbox({ dataDir, sapPort: await stayingPort() });
  const { sap, caPem } = first;
  expect(await statuses(first)).toEqual([200, 200, 401]);
  const agent = new Agent({ ca: caPem });
  const order = (action: string, body: object) =>
    send(agent, `${sap.url}/_control/${action}`, { method: 'POST', body });
  await order('leave', { person: 'Bao Nguyen' });
  await order('behave', { vanishedStartId: 'next' });
  agent.destroy();
  await first.close();
  const second = await startSandbox({ dataDir });
  try {
    expect([second.sap.url, second.credentials]).toEqual([sap.url, first.credentials]);
    expect(await statuses(second)).toEqual([200, 200, 401]);
    expect(second.sap.state.user('Bao Nguyen', true).blocked).toBe(true);
    expect(second.sap.state.behaviour.vanishedStartId).toBe('next');
  } finally {
    await second.close();
  }
  const files = readdirSync(dataDir).filter((name) => name.startsWith('sap'));
  expect(files.sort()).toEqual(['sap-client.json', 'sap-ledger.jsonl', 'sap.json']);
  for (const name of files) expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(dataDir, 'sap-ledger.jsonl'), 'utf8')).not.toContain(first.credentials.sapSecret);
});
