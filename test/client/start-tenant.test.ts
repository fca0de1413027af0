import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { startTenant } from '../../client/remote/start-tenant.ts';
import type { TenantStatus } from '../../workflows/messages.ts';
import { exampleText } from '../config/example.ts';
import { withDataFolder } from './local/data-folder.ts';

const running: TenantStatus = {
  tenant: 'contoso',
  stage: 'reading',
  health: 'ok',
  cycle: 8,
  finishedCycle: 7,
  progress: null,
  cycleError: null,
  nextCycleAt: null,
  configurationVersion: 1,
  paused: false,
  undoing: null,
};

/** A client of Temporal whose loop of the tenant is in the middle of a cycle. */
function clientWith(changed: boolean): Client {
  const workflow = {
    getHandle: () => ({ query: async () => running }),
    executeUpdateWithStart: async () => ({ version: 2, changed }),
  };
  const withDeadline = (_deadline: number, work: () => Promise<unknown>) => work();
  return { workflow, withDeadline } as unknown as Client;
}

test.each([
  ['another file: it goes by the file before', true, 8],
  ['the same file: its end is awaited', false, 7],
])('a cycle runs at the start with %s', (_, changed, finishedBefore) =>
  withDataFolder(async (folder) => {
    const file = join(folder, '..', 'contoso.yaml');
    await writeFile(file, exampleText);
    expect(await startTenant(clientWith(changed), file)).toMatchObject({ finishedBefore });
  }),
);
