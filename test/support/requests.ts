/**
 * Requests for approval without a sync around them: the real workflows and activities in this process, a store of their
 * own, and plans that a test makes up.
 */
import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import { createServices } from '../../activities/services.ts';
import { validateTenantFile } from '../../config/tenant-file.ts';
import { noMeter } from '../../domain/meter.ts';
import type { Change, HoldRule } from '../../domain/plan/change.ts';
import { type PlannedRow, storePlan } from '../../store/planning/plans.ts';
import { markPlanned } from '../../store/tenants.ts';
import { activityInterceptor } from '../../worker/activity-failures.ts';
import { untraced } from '../../worker/traces.ts';
import { approvalWorkflowId, refreshSignal } from '../../workflows/messages.ts';
import { exampleData } from '../config/example.ts';
import { openTestStore } from './database.ts';
import { testTemporal } from './world.ts';

const codePath = require.resolve('../../dist/workflow-bundle.js');

export type Requests = Awaited<ReturnType<typeof startRequests>>;
export type RequestTenant = Awaited<ReturnType<Requests['tenant']>>;

/** A change that a rule holds. Its fingerprint is `<kind> <name>`, or what is given. */
export function heldChange(
  rule: HoldRule,
  name: string,
  {
    kind = 'remove',
    fingerprint = `${kind} ${name}`,
  }: { kind?: 'invite' | 'remove'; fingerprint?: string } = {},
): Change {
  const email = `${name}@contoso.example`;
  return {
    kind,
    subject: { type: 'person', personId: name, timelyId: null, email, name },
    reason: kind === 'remove' ? 'deleted' : 'joiner',
    before: null,
    after: kind === 'remove' ? null : { role: 'employee' },
    fingerprint,
    hold: { rule, detail: `${rule} holds it` },
    refusal: null,
  };
}

/** `address` is that of a Temporal server: the shared one unless told otherwise. */
export async function startRequests(address = testTemporal()) {
  const store = await openTestStore();
  const services = createServices(store.database, Buffer.alloc(32, 7), () => noMeter, null);
  const activities = createActivities(services);
  const taskQueue = `requests-${randomBytes(4).toString('hex')}`;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  let running: { worker: Worker; ended: Promise<void> } | null = null;

  async function startWorker(): Promise<void> {
    const worker = await Worker.create({
      connection: native,
      taskQueue,
      workflowBundle: { codePath },
      activities,
      interceptors: { activity: [activityInterceptor(untraced)] },
    });
    running = { worker, ended: worker.run() };
  }
  async function stopWorker(): Promise<void> {
    running?.worker.shutdown();
    await running?.ended;
    running = null;
  }

  /** A tenant with the example's file and other terms for its approvals. */
  async function tenant(approvals: Record<string, unknown> = {}) {
    const name = `t-${randomBytes(4).toString('hex')}`;
    let cycle = 0;

    async function configure(terms: Record<string, unknown>): Promise<void> {
      const file = validateTenantFile({ ...Object(exampleData()), tenant: name, approvals: terms });
      await activities.storeTenantFile({ tenant: name, file });
    }

    const handle = (number: number) => client.workflow.getHandle(approvalWorkflowId(name, number));
    const tell = (number: number) =>
      handle(number)
        .signal(refreshSignal)
        .catch(() => undefined);

    /** Stores a cycle's plan, and opens and ends requests as the tenant's loop does. */
    async function ask(rows: PlannedRow[]): Promise<{ open: number[]; ended: number[] }> {
      cycle += 1;
      await storePlan(store.database, name, cycle, rows, []);
      await markPlanned(store.database, name, cycle, 0, '2026-11-23');
      const key = { tenant: name, cycle, kind: 'full' as const, configurationVersion: 1 };
      const asked = await activities.openApprovals(key);
      await Promise.all(asked.ended.map((number) => tell(number)));
      for (const approval of asked.open) {
        await client.workflow
          .start('approval', {
            taskQueue,
            workflowId: approvalWorkflowId(name, approval),
            args: [{ tenant: name, approval, configurationVersion: 1 }],
          })
          .catch(() => tell(approval));
      }
      await activities.recordAnnounced({ tenant: name, approvals: [...asked.open, ...asked.ended] });
      return asked;
    }

    await configure(approvals);
    return {
      name,
      configure,
      handle,
      database: store.database,
      /** The cycle whose plan was stored last. */
      cycle: () => cycle,

      /** A cycle whose plan holds these changes. */
      async plan(held: Change[]): Promise<{ open: number[]; ended: number[] }> {
        const rest = { status: 'held' as const, label: '', approval: null, failure: null };
        return await ask(held.map((change) => ({ change, ...rest })));
      },

      ask,

      /** What a request shows in Temporal's UI. */
      details: (number: number) =>
        handle(number).query<string>('__temporal_workflow_metadata').then(detailsIn),
    };
  }

  await startWorker();
  return {
    client,
    store,
    activities,
    taskQueue,
    startWorker,
    stopWorker,
    tenant,
    async close(): Promise<void> {
      await stopWorker();
      await Promise.all([native.close(), connection.close()]);
      await store.close();
    },
  };
}

function detailsIn(metadata: unknown): string {
  const { currentDetails } = Object(metadata) as { currentDetails?: string };
  return currentDetails ?? '';
}
