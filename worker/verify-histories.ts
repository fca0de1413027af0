/**
 * Replays live histories against this release, before it is rolled out: those of open workflows, and some that closed lately.
 * It reads from Temporal and writes nothing.
 */
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type {
  HistoryFailure,
  Verification,
  VerificationLimits,
  VerifiedType,
} from '../client/local/worker-entry.ts';
import type { PayloadKey } from '../config/payload-keys.ts';
import { oneLine } from '../domain/shown-text.ts';
import { dayMs } from '../domain/time.ts';
import * as workflows from '../workflows/index.ts';
import { connectToTemporal } from './connect-to-temporal.ts';
import { workerDataConverter, workflowBundleFile } from './payloads/worker-data-converter.ts';

const closedWithinDays = 7;

interface Run {
  type: string;
  workflowId: string;
  runId: string;
  isOpen: boolean;
  isPinned: boolean;
}

const types = Object.values(workflows).flatMap((value) => (typeof value === 'function' ? [value.name] : []));

/**
 * Connects as workers do.
 * @throws TransientError when Temporal does not answer, and the Temporal client's errors when the namespace cannot be read
 */
export async function verifyHistories(
  keys: readonly PayloadKey[],
  limits: VerificationLimits,
): Promise<Verification> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await connectToTemporal(connectionOptions);
  try {
    return await replayLive(new Client({ connection, namespace }), keys, limits);
  } finally {
    await connection.close();
  }
}

async function replayLive(
  client: Client,
  keys: readonly PayloadKey[],
  { openMax, closedMax, withinMs }: VerificationLimits,
): Promise<Verification> {
  // Standard output is for the result alone; the native part would write its warnings there.
  const telemetryOptions = { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } } as const;
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), telemetryOptions });
  const endsAtMs = performance.now() + withinMs;
  const counts = new Map(types.map((type) => [type, { type, open: 0, closed: 0, failed: 0 }]));
  const failures: HistoryFailure[] = [];
  const runs = new Map<string, Run>();
  let complete = true;

  async function* histories() {
    for await (const run of runsOf(client, { openMax: openMax + 1, closedMax })) {
      const isOver = performance.now() > endsAtMs || (run.isOpen && openOf(counts) >= openMax);
      if (isOver && run.isOpen) complete = false;
      if (isOver) continue;
      runs.set(run.runId, run);
      const count = counts.get(run.type);
      if (count) count[run.isOpen ? 'open' : 'closed'] += 1;
      const history = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
      yield { workflowId: run.workflowId, history };
    }
  }

  const options = {
    workflowBundle: { codePath: workflowBundleFile(keys) },
    dataConverter: workerDataConverter(keys),
  };
  for await (const { runId, error } of Worker.runReplayHistories(options, histories())) {
    const run = runs.get(runId);
    if (!error || !run) continue;
    const count = counts.get(run.type);
    if (count) count.failed += 1;
    const { type, workflowId, isPinned } = run;
    failures.push({ type, workflowId, runId, isPinned, message: oneLine(error.message) });
  }
  await Runtime.instance().shutdown();
  return { types: [...counts.values()].filter(({ open, closed }) => open + closed > 0), failures, complete };
}

const openOf = (counts: ReadonlyMap<string, VerifiedType>) =>
  [...counts.values()].reduce((sum, { open }) => sum + open, 0);

/** Open runs first: they are what a rollout meets. */
async function* runsOf(
  client: Client,
  { openMax, closedMax }: { openMax: number; closedMax: number },
): AsyncGenerator<Run> {
  const ours = `WorkflowType IN (${types.map((type) => `'${type}'`).join(', ')})`;
  yield* listed(client, `${ours} AND ExecutionStatus = 'Running'`, openMax);
  const since = new Date(Date.now() - closedWithinDays * dayMs).toISOString();
  for (const type of types) {
    const query = `WorkflowType = '${type}' AND ExecutionStatus != 'Running' AND CloseTime > '${since}'`;
    yield* listed(client, query, closedMax);
  }
}

async function* listed(client: Client, query: string, limit: number): AsyncGenerator<Run> {
  let count = 0;
  for await (const { type, workflowId, runId, status, searchAttributes } of client.workflow.list({ query })) {
    if (count === limit) return;
    count += 1;
    const isPinned = searchAttributes.TemporalWorkflowVersioningBehavior?.[0] === 'Pinned';
    yield { type, workflowId, runId, isOpen: status.name === 'RUNNING', isPinned };
  }
}
