// Records histories of every workflow type from a real run into `histories/`. Run it for each release:
//   npm test -- --testMatch '**/replay/record.ts'
// It is not a test; jest runs it because jest has the compiler and the servers.
import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from '@jest/globals';
import { execa } from 'execa';
import { parseTenantFile } from '../../config/tenant-file.ts';
import { connect } from '../../workflows/compat/connect.ts';
import { preview } from '../../workflows/compat/preview.ts';
import {
  approvalWorkflowId,
  decideUpdate,
  nudgeSignal,
  pauseSignal,
  provisionUpdate,
  rejectSignal,
  tenantWorkflowId,
} from '../../workflows/messages.ts';
import { ask } from '../support/ask.ts';
import { startCatcher, trustCatcher } from '../support/message-catcher.ts';
import { startWorld, testTemporal, until, type World } from '../support/world.ts';

const folder = join(import.meta.dirname, 'histories');

test('records histories of every workflow type', async () => {
  for (const file of readdirSync(folder)) rmSync(join(folder, file));
  const catcher = await startCatcher();
  const notify = `\nnotify:\n  - {webhook: ${catcher.url}/hook}\n`;
  const world = await startWorld({ editFile: (text) => `${text}${notify}` });
  try {
    await trustCatcher(world, catcher);
    await world.startWorker();
    await runWorld(world);
    await save(world);
  } finally {
    await Promise.all([world.close(), catcher.close()]);
  }
}, 120_000);

test('records batches at a rate at which one activity applies several changes', async () => {
  const world = await startWorld({
    editFile: (text) => text.replace('requestsPerSecond: 50', 'requestsPerSecond: 100'),
  });
  try {
    await world.startWorker();
    await world.start();
    await save(world, { only: 'applyPlan', from: 8, most: 2 });
  } finally {
    await world.close();
  }
}, 120_000);

/** Some of everything that a workflow can meet. */
async function runWorld(world: World): Promise<void> {
  const { client, tenant, taskQueue, sandbox } = world;
  await world.start();
  sandbox.microsoft.state.leave('Umar Farouk');
  sandbox.microsoft.state.join({ displayName: 'Nora Winter', department: 'Design' });
  await world.cycle();
  sandbox.microsoft.state.join({ displayName: 'Otto Sommer', department: 'Design' });
  const loop = client.workflow.getHandle(tenantWorkflowId(tenant));
  // The provision waits for the cycle.
  await loop.signal(nudgeSignal);
  await loop.executeUpdate(provisionUpdate, { args: [{ person: 'Otto Sommer' }] });
  await client.workflow.execute(preview, {
    workflowId: `preview/${tenant}`,
    taskQueue,
    args: [
      {
        id: randomUUID(),
        file: parseTenantFile(await readFile(world.file, 'utf8'), world.file),
        againstRunning: false,
      },
    ],
  });
  await client.workflow
    .getHandle(approvalWorkflowId(tenant, 1))
    .executeUpdate(decideUpdate, { args: [{ decision: 'approve', by: 'it-lead@contoso.example' }] });
  await client.workflow
    .getHandle(approvalWorkflowId(tenant, 2))
    .signal(rejectSignal, { by: 'it-lead@contoso.example' });
  await world.cycle({ full: true });
  sandbox.timely.faults.set('unavailable', { operation: 'users.list' });
  await world.cycle();
  sandbox.timely.faults.clear();
  await world.cycle();
  await ask(client, taskQueue, { about: 'approvals', tenant, open: false, after: 0 });
  const redirectUri = 'urn:ietf:wg:oauth:2.0:oob';
  const code = sandbox.timely.state.oauth.authorize(redirectUri, sandbox.timely.state.account.owner_id);
  await client.workflow.execute(connect, {
    workflowId: `connect/${tenant}`,
    taskQueue,
    args: [{ tenant, code, codeVerifier: 'unused', redirectUri }],
  });
  await loop.signal(pauseSignal);
  await until('the pause', async () => ((await world.status()).paused ? true : null));
}

/** Writes the histories of all runs, named by type and numbered `from` a number. */
async function save(
  { client, taskQueue }: World,
  { only = '', from = 1, most = 7 }: { only?: string; from?: number; most?: number } = {},
): Promise<void> {
  const counts = new Map<string, number>();
  for await (const { workflowId, runId, type } of client.workflow.list({
    query: `TaskQueue = '${taskQueue}'`,
  })) {
    const number = (counts.get(type) ?? 0) + 1;
    counts.set(type, number);
    if (number > most || !type.includes(only)) continue;
    // Stack traces name folders of this machine; a replay does not read them.
    const withoutStacks = (key: string, value: unknown) => (key === 'stackTrace' ? '' : value);
    const history: unknown = JSON.parse(await exportHistory(workflowId, runId), withoutStacks);
    writeFileSync(join(folder, `${type}-${from + number - 1}.json`), `${JSON.stringify(history)}\n`);
  }
}

/** Exports a history as an operator would. */
async function exportHistory(workflowId: string, runId: string): Promise<string> {
  const of = ['--workflow-id', workflowId, '--run-id', runId, '--address', testTemporal()];
  const args = ['workflow', 'show', '--output', 'json', ...of];
  return (await execa(process.env.TEMPORAL_CLI_PATH ?? 'temporal', args)).stdout;
}
