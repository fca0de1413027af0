/** scim2-tester, which others wrote from the RFCs, judges the simulated SAP. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { type SapWorld, withSap } from './sap-world.ts';
import { findTester } from './scim2-tester/python.ts';

type Check = [status: string, check: string, resourceType: string | null, reason: string];

const python = findTester();
const title = 'scim2-tester finds nothing wrong with what both speak';
const noPython = 'SKIPPED, no Python 3.11 with scim2-tester on this machine';
if (!python) console.warn(`${title}: ${noPython}.`);

async function judge(program: string, { sap, caPem }: SapWorld): Promise<Check[]> {
  const folder = mkdtempSync(join(tmpdir(), 'scim2-tester-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, caPem);
  const env = {
    SCIM_URL: `${sap.url}/scim`,
    SCIM_CLIENT_ID: sap.state.system.clientId,
    SCIM_SECRET: sap.state.system.secrets[0],
    SCIM_CA_FILE: caFile,
  };
  try {
    const script = join(import.meta.dirname, 'scim2-tester', 'judge.py');
    const { stdout } = await execa(program, [script], { env, timeout: 120_000 });
    return stdout.split('\n').map((line) => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Where SAP is known to differ from the RFCs, or is not known to do what they describe. */
const sapDiffers: [pattern: RegExp, why: string][] = [
  [/^search_with_attributes/, 'it searches one type of resource at a time'],
  [/for 'emails'/, 'one address is always the primary one, whatever a request says'],
  [/attribute 'active'/, 'active is never missing'],
  [/for 'members'/, 'members come without their name'],
];

(python ? test : test.skip)(
  python ? title : `${title} (${noPython})`,
  () =>
    withSap({}, async (world) => {
      const { behaviour, system } = world.sap.state;
      system.authorizations.push('Manage Users');
      behaviour.noDisplayName = 'absent';
      const checks = await judge(python ?? '', world);
      const failed = checks.filter(([status]) => status !== 'SUCCESS');
      const unexpected = failed.filter(
        ([, check, , reason]) => !sapDiffers.some(([pattern]) => pattern.test(`${check} ${reason}`)),
      );
      expect(unexpected).toEqual([]);
      expect(checks.length - failed.length).toBeGreaterThan(90);
      const kinds = new Set(checks.map(([, check, resourceType]) => `${check} ${resourceType}`));
      for (const resourceType of ['User', 'Group'])
        for (const check of ['object_creation', 'object_query_without_id', 'object_list_with_attributes'])
          expect(kinds).toContain(`${check} ${resourceType}`);
    }),
  180_000,
);
