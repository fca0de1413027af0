/**
 * Approvals without a sync: the real workflows and activities in this process, a store, and plans that a test makes.
 */
import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { IllegalStateError } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import { type ConsoleSettings, createServices } from '../../activities/services.ts';
import { validateTenantFile } from '../../config/tenant-file.ts';
import { noMeter } from '../../domain/meter.ts';
import type { Change, HoldRule } from '../../domain/plan/change.ts';
import { derivedKeys } from '../../store/account/derived-keys.ts';
import { type PlannedRow, storePlan } from '../../store/planning/plans.ts';
import { markPlanned } from '../../store/tenants.ts';
import { activityInterceptor } from '../../worker/activity-failures.ts';
import { createStartedWorkflows } from '../../worker/started-workflows.ts';
import { untraced } from '../../worker/traces.ts';
import { approvalWorkflowId } from '../../workflows/messages.ts';
import { duringCycle } from '../activities/support/during-cycle.ts';
import { exampleData } from '../config/example.ts';
import { sandboxPolicy } from '../config/policy.ts';
import { openTestStore } from './database.ts';
import { testTemporal } from './world.ts';

/** What the console of these requests signs with. */
export const proofKeys = derivedKeys(Buffer.alloc(32, 7), 'decision proofs');

const codePath = require.resolve('../../dist/workflow-bundle.js');

export type Requests = Awaited<ReturnType<typeof startRequests>>;
export type RequestTenant = Awaited<ReturnType<Requests['tenant']>>;

/** Returns a change that a rule holds. Its default fingerprint is `<kind> <name>`. */
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

/** Once for each process of jest: another test file may have done it. */
function installQuietRuntime(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch (error) {
    if (!(error instanceof IllegalStateError)) throw error;
  }
}

/** Starts a worker for approvals. `address`: a Temporal server, by default the shared one. */
export async function startRequests(
  address = testTemporal(),
  console: Omit<ConsoleSettings, 'proofKeys'> = { pages: null, trustsTemporal: false },
) {
  const store = await openTestStore();
  const services = {
    ...createServices(store.database, Buffer.alloc(32, 7), sandboxPolicy(), () => noMeter, null),
    console: { ...console, proofKeys },
  };
  const taskQueue = `requests-${randomBytes(4).toString('hex')}`;
  installQuietRuntime();
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const workflows = createStartedWorkflows(client, taskQueue, async () => ({
    missing: [],
    remedy: '',
  }));
  const activities = createActivities({ ...services, workflows });
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

  /** Stores a tenant with the example's file and its own terms for approvals. */
  async function tenant(approvals: Record<string, unknown> = {}) {
    const name = `t-${randomBytes(4).toString('hex')}`;
    let cycle = 0;

    async function configure(terms: Record<string, unknown>): Promise<void> {
      const file = validateTenantFile({ ...Object(exampleData()), tenant: name, approvals: terms });
      await activities.storeTenantFile({ tenant: name, file });
    }

    const handle = (number: number) => client.workflow.getHandle(approvalWorkflowId(name, number));

    /** Stores a cycle's plan, then opens and ends approvals as the tenant's loop does. */
    async function ask(rows: PlannedRow[]): Promise<{ open: number[]; ended: number[] }> {
      cycle += 1;
      await storePlan(store.database, name, cycle, rows, []);
      await markPlanned(store.database, name, cycle, 0, '2026-11-23');
      return await duringCycle(store.database, { tenant: name, cycle }, (fence) =>
        activities.openApprovals({ ...fence, kind: 'full', configurationVersion: 1 }),
      );
    }

    await configure(approvals);
    return {
      name,
      configure,
      handle,
      database: store.database,
      /** Returns the cycle of the last stored plan. */
      cycle: () => cycle,

      /** Stores a plan that holds these changes. */
      async plan(held: Change[]): Promise<{ open: number[]; ended: number[] }> {
        const rest = { status: 'held' as const, label: '', approval: null, failure: null };
        return await ask(held.map((change) => ({ change, ...rest })));
      },

      ask,

      /** Returns what an approval shows in Temporal's UI. */
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
