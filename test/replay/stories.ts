/** What is recorded: some of everything that a workflow can meet, on real servers. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { parseTenantFile } from '../../config/tenant-file.ts';
import { createResultKey } from '../../encryption/result-key.ts';
import { closeDatabase, openDatabase } from '../../store/database.ts';
import {
  approvalWorkflowId,
  approveSignal,
  decideUpdate,
  nudgeSignal,
  pauseSignal,
  provisionUpdate,
  rejectSignal,
  requestCycleUpdate,
  resumeSignal,
  stopSignal,
  tenantWorkflowId,
  undoUpdate,
} from '../../workflows/messages.ts';
import { ask } from '../support/ask.ts';
import { startCatcher, trustCatcher } from '../support/message-catcher.ts';
import { startWorld, until, type World } from '../support/world.ts';

type Export = (world: World) => Promise<void>;

const by = 'it-lead@contoso.example';
const ignoring = (result: Promise<unknown>) => result.catch(() => undefined);

/** A company with notifications, and all that operators do. */
export async function playCompany(exportRuns: Export): Promise<void> {
  const catcher = await startCatcher();
  const refused = 'refused';
  catcher.answer(`/${refused}`, () => new Response('no', { status: 410 }));
  const channels = `\nnotify:\n  - {webhook: ${catcher.url}/hook}\n  - {webhook: ${catcher.url}/${refused}}\n`;
  const world = await startWorld({ editFile: (text) => `${text}${channels}` });
  // Microsoft does not reach it, so subscriptions fail; the sync goes on by polling.
  world.variables.TIMELY_SYNC_PUBLIC_URL = 'https://sync.example';
  try {
    await trustCatcher(world, catcher);
    await world.startWorker();
    await peopleMove(world);
    await approversAnswer(world);
    await commandsAsk(world);
    await operatorsIntervene(world);
    await exportRuns(world);
  } finally {
    await Promise.all([world.close(), catcher.close()]);
  }
}

async function peopleMove(world: World): Promise<void> {
  const { client, tenant, sandbox } = world;
  const loop = client.workflow.getHandle(tenantWorkflowId(tenant));
  await world.start();
  sandbox.microsoft.state.leave('Umar Farouk');
  sandbox.microsoft.state.join({ displayName: 'Nora Winter', department: 'Design' });
  await world.cycle();
  sandbox.microsoft.state.join({ displayName: 'Otto Sommer', department: 'Design' });
  await loop.executeUpdate(provisionUpdate, { args: [{ person: 'Otto Sommer' }] });
  await ignoring(loop.executeUpdate(provisionUpdate, { args: [{ person: 'Nobody At All' }] }));
  await loop.executeUpdate(requestCycleUpdate, { args: [{ full: true }] });
  await world.cycle({ full: true });
  for (const { faults } of [sandbox.timely, sandbox.microsoft]) faults.set('unavailable');
  await world.cycle();
  for (const { faults } of [sandbox.timely, sandbox.microsoft]) faults.clear();
  await world.cycle();
}

async function approversAnswer(world: World): Promise<void> {
  const approval = (number: number) =>
    world.client.workflow.getHandle(approvalWorkflowId(world.tenant, number));
  await approval(1).executeUpdate(decideUpdate, { args: [{ decision: 'approve', by }] });
  await approval(2).signal(rejectSignal, { by });
  await approval(3).signal(approveSignal, { by: '' });
  await approval(3).signal(approveSignal, { by });
  await world.cycle();
}

/** As commands ask servers without standalone activities. */
async function commandsAsk({ client, tenant, taskQueue, file, sandbox }: World): Promise<void> {
  const tenantFile = parseTenantFile(await readFile(file, 'utf8'), file);
  const { publicKey: resultKey } = createResultKey();
  await client.workflow.execute('preview', {
    workflowId: `preview/${tenant}`,
    taskQueue,
    args: [{ id: randomUUID(), file: tenantFile, againstRunning: false, resultKey }],
  });
  await client.workflow.execute('look', {
    workflowId: `look/${tenant}`,
    taskQueue,
    args: [{ id: randomUUID(), file: tenantFile, resultKey }],
  });
  await ask(client, taskQueue, { about: 'approvals', tenant, open: false, after: 0 });
  await ask(client, taskQueue, { about: 'check', file: tenantFile });
  const redirectUri = 'urn:ietf:wg:oauth:2.0:oob';
  const code = sandbox.timely.state.oauth.authorize(redirectUri, sandbox.timely.state.account.owner_id);
  await client.workflow.execute('connect', {
    workflowId: `connect/${tenant}`,
    taskQueue,
    args: [{ tenant, code, codeVerifier: 'unused', redirectUri, resultKey }],
  });
}

async function operatorsIntervene(world: World): Promise<void> {
  const { client, tenant, sandbox } = world;
  const loop = client.workflow.getHandle(tenantWorkflowId(tenant));
  await world.configure((text) => text.replace('{ max: 100 }', '{ max: 1000 }'));
  // Many joiners, and a request in their middle: the batch gives way.
  for (const letter of 'abcdefghijklmnopqrstuvwxyz')
    sandbox.microsoft.state.join({ displayName: `Ida${letter} Zug`, groups: ['Timely Users'] });
  sandbox.timely.state.account.seats = 1_000;
  sandbox.timely.faults.set('latency', { milliseconds: 150 });
  await loop.signal(nudgeSignal);
  const applying = await until('applying', async () => {
    const status = await world.status();
    return status.stage === 'applying' ? status : null;
  });
  await loop.signal(nudgeSignal);
  await world.untilCycle(applying.cycle);
  sandbox.timely.faults.clear();
  sandbox.microsoft.state.join({ displayName: 'Una Reise', groups: ['Timely Users'] });
  const { finishedCycle } = await world.cycle();
  await loop.executeUpdate(undoUpdate, { args: [{ cycle: finishedCycle, by }] });
  await world.untilCycle(finishedCycle);
  await loop.signal(resumeSignal, { by });
  await world.cycle();
  await loop.signal(pauseSignal, { by });
  await until('the pause', async () => ((await world.status()).paused ? true : null));
  await loop.signal(stopSignal, { by });
  await ignoring(loop.result());
}

/** A rate at which one activity applies several changes, and *Request Cancellation* in Temporal's UI. */
export async function playBatches(exportRuns: Export): Promise<void> {
  const world = await startWorld({
    editFile: (text) => text.replace('requestsPerSecond: 50', 'requestsPerSecond: 100'),
  });
  const { client, tenant } = world;
  try {
    await world.startWorker();
    await world.start();
    const [open] = await world.approvals();
    for (const id of [
      ...(open ? [`tenant/${open.id.replace('/', '/approval/')}`] : []),
      tenantWorkflowId(tenant),
    ]) {
      const handle = client.workflow.getHandle(id);
      await handle.cancel();
      await ignoring(handle.result());
    }
    await exportRuns(world);
  } finally {
    await world.close();
  }
}

/** Approvals that remind, escalate and expire, with histories as long as the server likes, and a store that lost a file. */
export async function playDeadlines(temporal: string, exportRuns: Export): Promise<void> {
  const terms = '\napprovals:\n  remindAfter: 1s\n  escalateAfter: 3s\n  expireAfter: 12s\n';
  const world = await startWorld({
    temporal,
    editFile: (text) => `${text.replace(/\napprovals:\n(?: .*\n)+/, '\n')}${terms}`,
  });
  const { client, tenant } = world;
  try {
    await world.startWorker();
    await world.start();
    await until('an approval to expire', async () =>
      (await client.workflow.count("WorkflowType = 'approval' AND ExecutionStatus = 'Completed'")).count > 0
        ? true
        : null,
    );
    const loop = client.workflow.getHandle(tenantWorkflowId(tenant));
    await loop.signal(pauseSignal, { by });
    for (let message = 0; message < 30; message += 1) await loop.signal(nudgeSignal);
    await loop.signal(resumeSignal, { by });
    await world.cycle();
    const database = await openDatabase(world.databaseUrl);
    await database.execute(sql`delete from configurations where tenant = ${tenant}`);
    await closeDatabase(database);
    await loop.signal(nudgeSignal);
    await until('the failed cycle', async () => ((await world.status()).cycleError === null ? null : true));
    await exportRuns(world);
  } finally {
    await world.close();
  }
}
