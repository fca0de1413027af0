/**
 * A world for a journey: a simulated company, a database, worker processes, and the tenant's workflow on the shared Temporal
 * server. Journeys assert the simulators' end state and ledgers.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { contosoVariables } from '../../client/local/contoso-variables.ts';
import { payloadKeys } from '../../config/payload-keys.ts';
import { parseTenantFile } from '../../config/tenant-file.ts';
import type { ApprovalSummary } from '../../domain/contract/report.ts';
import { clientDataConverter } from '../../encryption/payload-codec.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../simulators/sandbox.ts';
import {
  approvalWorkflowId,
  configureUpdate,
  nudgeSignal,
  parseApprovalId,
  statusQuery,
  type TenantStatus,
  tenantWorkflowId,
} from '../../workflows/messages.ts';
import type { tenantSync } from '../../workflows/tenant-sync/tenant-sync.ts';
import { ask } from './ask.ts';
import { createTestDatabase } from './database.ts';
import { openFinishedCycles } from './finished-cycles.ts';
import {
  builtProgram,
  endProcess,
  type LineListener,
  startWorkerProcess,
  type WorkerProcess,
} from './program.ts';

/** Requests to Timely in a second, unless the test edits the rate: no test waits for the one of the sandbox's file. */
const fastRate = 200;

const root = join(import.meta.dirname, '..', '..');

export interface WorldOptions extends SandboxOptions {
  /** The tenant's name; one that no other test has unless given. */
  tenant?: string;
  /** Edits the sandbox's tenant file before the start. */
  editFile?: (text: string) => string;
  tenantFile?: string;
  /** A build of the program in place of dist/. */
  program?: string;
  /** Another namespace, or another way to the server of the tests. */
  namespace?: string;
  temporal?: string;
  /** The test's own servers, for tests that kill them. */
  servers?: { temporal: string; postgres: string };
  /** A store without tables, for a test of migrations. */
  emptyStore?: boolean;
  /** TIMELY_SYNC_PAYLOAD_KEY of workers, and of the world's own client. */
  payloadKey?: string;
  /** Another world: its workers serve this tenant too, from its store. */
  beside?: { taskQueue: string; databaseUrl: string };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

export async function startWorld({
  tenant = `contoso-${randomBytes(4).toString('hex')}`,
  editFile = (text) => text,
  tenantFile,
  program = builtProgram,
  namespace = 'default',
  servers,
  temporal = servers?.temporal ?? testTemporal(),
  emptyStore = false,
  payloadKey = '',
  beside,
  ...options
}: WorldOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'timely-sync-world-'));
  const [sandbox, database] = await Promise.all([
    startSandbox(options),
    beside
      ? { url: beside.databaseUrl, drop: async () => undefined }
      : createTestDatabase({ isEmpty: emptyStore, ...(servers && { server: servers.postgres }) }),
  ]);
  const taskQueue = beside?.taskQueue ?? `queue-${randomBytes(4).toString('hex')}`;
  const finishedCycles = openFinishedCycles(database.url);
  const connection = await Connection.connect({ address: temporal });
  const keys = payloadKeys({ TIMELY_SYNC_PAYLOAD_KEY: payloadKey });
  const client = new Client({ connection, namespace, dataConverter: clientDataConverter(keys) });
  const workers = new Set<WorkerProcess>();
  const variables: NodeJS.ProcessEnv = {
    ...workerVariables(sandbox),
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal,
    TEMPORAL_NAMESPACE: namespace,
    TIMELY_SYNC_TASK_QUEUE: taskQueue,
    TIMELY_SYNC_PAYLOAD_KEY: payloadKey,
  };

  const original = await readFile(tenantFile ?? join(root, 'tenants', 'contoso.yaml'), 'utf8');
  const file = join(folder, 'tenant.yaml');
  const edited = editFile(original.replace(/^tenant: .*$/m, `tenant: ${tenant}`));
  await writeFile(file, edited.replace('requestsPerSecond: 50', `requestsPerSecond: ${fastRate}`));

  const status = (): Promise<TenantStatus> =>
    client.workflow.getHandle(tenantWorkflowId(tenant)).query(statusQuery);

  /** Waits until a cycle after `after` has ended, and returns its status. */
  async function untilCycle(after: number, withinMs?: number): Promise<TenantStatus> {
    return await until(
      `a cycle after ${after}`,
      async () => {
        if (!(await finishedCycles.hasOne(tenant, after))) return null;
        const now = await status();
        return now.finishedCycle > after && now.stage !== 'reporting' ? now : null;
      },
      withinMs,
    );
  }

  const world = {
    tenant,
    taskQueue,
    folder,
    file,
    sandbox,
    client,
    workers,
    variables,
    databaseUrl: database.url,
    status,
    untilCycle,

    async startWorker(listen?: LineListener, ofProgram = program): Promise<WorkerProcess> {
      const worker = await startWorkerProcess(ofProgram, { ...allowing(variables), ...variables }, listen);
      workers.add(worker);
      return worker;
    },

    /** Configures the tenant as `timely-sync start` does, and waits for its cycle. */
    async start(withinMs?: number): Promise<TenantStatus> {
      await world.configure();
      return await untilCycle(0, withinMs);
    },

    async configure(edit: (text: string) => string = (text) => text): Promise<void> {
      const text = edit(await readFile(file, 'utf8'));
      await writeFile(file, text);
      await client.workflow.executeUpdateWithStart(configureUpdate, {
        args: [{ file: parseTenantFile(text, file), run: true }],
        startWorkflowOperation: new WithStartWorkflowOperation<typeof tenantSync>('tenantSync', {
          workflowId: tenantWorkflowId(tenant),
          taskQueue,
          args: [{ tenant }],
          workflowIdConflictPolicy: 'USE_EXISTING',
          priority: { fairnessKey: tenant },
        }),
      });
    },

    /** Nudges the tenant and waits for a cycle that began after the nudge. */
    async cycle({ full = false } = {}): Promise<TenantStatus> {
      const before = await status();
      await client.workflow.getHandle(tenantWorkflowId(tenant)).signal(nudgeSignal, { full });
      return await untilCycle(before.cycle);
    },

    async approvals(): Promise<ApprovalSummary[]> {
      const { items } = await ask(client, taskQueue, { about: 'approvals', tenant, open: true, after: 0 });
      return items as ApprovalSummary[];
    },

    async approvalOf(subject: string): Promise<ApprovalSummary> {
      const found = (await world.approvals()).find(({ subjects }) => subjects.includes(subject));
      if (!found) throw new Error(`There is no approval about ${subject}.`);
      return found;
    },

    /** Returns the workflow of an approval. @throws Error for a text that is no id */
    approvalHandle(id: string) {
      const key = parseApprovalId(id);
      if (!key) throw new Error(`${id} is not the id of an approval.`);
      return client.workflow.getHandle(approvalWorkflowId(key.tenant, key.approval));
    },

    /** Returns the e-mail addresses of the present users of Timely. */
    present: () => sandbox.timely.state.present.map(({ email }) => email.toLowerCase()).sort(),

    team(name: string): string[] {
      const team = sandbox.timely.state.teams.find((candidate) => candidate.name === name);
      if (!team) throw new Error(`Timely has no team ${name}.`);
      return team.users
        .map(({ user_id }) => sandbox.timely.state.user(user_id)?.email.toLowerCase() ?? String(user_id))
        .sort();
    },

    /** Returns the writes to Timely. */
    writes: () =>
      sandbox.timely.ledger
        .entries()
        .filter(({ method, path }) => method !== 'GET' && !path.includes('/oauth/')),

    async close(): Promise<void> {
      await client.workflow
        .getHandle(tenantWorkflowId(tenant))
        .terminate('the test is over')
        .catch(() => undefined);
      await Promise.all([...workers].map(endProcess));
      await Promise.all([sandbox.close(), connection.close(), finishedCycles.close()]);
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return world;
}

/** Variables that the sandbox's tenant file refers to. */
function workerVariables({ microsoft, okta, sap, timely, caFile, credentials }: Sandbox): NodeJS.ProcessEnv {
  return {
    ...contosoVariables({
      microsoft: microsoft.url,
      okta: okta.url,
      sap: sap.url,
      timely: timely.url,
      ...credentials,
    }),
    NODE_EXTRA_CA_CERTS: caFile,
    TIMELY_SYNC_KEY: Buffer.alloc(32, 7).toString('base64'),
    TIMELY_SYNC_HEALTH_PORT: '0',
    TIMELY_SYNC_LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'fatal',
  };
}

/** Lets tenant files name all these variables, whatever the tenant's name, and hosts on this machine. */
function allowing(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ofTenants = Object.keys(variables).filter((name) => /^(TENANT_|TIMELY_CLIENT_|OPS_|BIG_)/.test(name));
  return {
    TIMELY_SYNC_SHARED_REFERENCES: ofTenants.join(','),
    TIMELY_SYNC_ALLOWED_HOSTS: 'localhost,127.0.0.1',
  };
}

/** Returns the address of the server at TEMPORAL_ADDRESS, else of the tests' server. */
export function testTemporal(): string {
  const address = process.env.TEMPORAL_ADDRESS || process.env.TEST_TEMPORAL_ADDRESS;
  if (!address) throw new Error('The test servers do not run: start tests by "npm test".');
  return address;
}

const restMs = { min: 50, max: 250 };

/**
 * Looks until there is an answer; fails with what was waited for. Rests ten times as long as a look takes, so that looking
 * leaves the machine to what is waited for.
 */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | null>,
  withinMs = 60_000,
): Promise<Found> {
  const deadline = Date.now() + withinMs;
  let last: unknown;
  while (Date.now() < deadline) {
    const lookedMs = Date.now();
    try {
      const found = await look();
      if (found !== null) return found;
    } catch (error) {
      last = error;
    }
    const tookMs = Date.now() - lookedMs;
    await sleep(Math.min(Math.max(10 * tookMs, restMs.min), restMs.max));
  }
  throw new Error(`Waited ${withinMs / 1000} s for ${what} in vain.`, { cause: last });
}
