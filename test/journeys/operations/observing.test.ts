/** What a running worker shows operators: readiness, log, and the metrics of Temporal's SDK. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import getPort from 'get-port';
import { Client as Postgres } from 'pg';
import { alerts, panels } from '../../production/watching.ts';
import { startWorld, until, type World } from '../../support/world.ts';

let world: World;
let address: string;
const written: string[] = [];
let lines: Record<string, unknown>[];

const get = (path: string) => fetch(`${address}${path}`);
const countsOf = (line: Record<string, unknown> | undefined) =>
  line?.counts as Record<string, number> & { invited: number; reinstated: number };
const linesOf = (message: string) => lines.filter(({ msg }) => msg === message);

beforeAll(async () => {
  // Slow enough that each change is an activity of its own.
  world = await startWorld({
    editFile: (text) => text.replace('requestsPerSecond: 50', 'requestsPerSecond: 60'),
  });
  const port = await getPort({ host: '127.0.0.1' });
  address = `http://127.0.0.1:${port}`;
  Object.assign(world.variables, { TIMELY_SYNC_HEALTH_PORT: String(port), TIMELY_SYNC_LOG_LEVEL: 'debug' });
  await world.startWorker((line, stream) => stream === 'stderr' && written.push(line));
  world.sandbox.timely.faults.set('rejectPerson', { operation: 'users.invite', times: 1 });
  world.sandbox.timely.faults.set('unavailable', { operation: 'users.list', times: 1 });
  await until('a worker that is ready', async () => ((await get('/readyz')).ok ? true : null));
  await world.start();
  await until('the end of the cycle in the log', async () =>
    written.some((line) => line.includes('"cycle ends"')) ? true : null,
  );
  lines = written.map((line) => JSON.parse(line));
}, 90_000);
afterAll(() => world.close());

test('the log has lines for the start and end of a cycle, with tenant, cycle, workflow and run', () => {
  const [begin] = linesOf('cycle begins');
  const [end] = linesOf('cycle ends');
  const ids = { tenant: world.tenant, cycle: 1, workflowId: `tenant/${world.tenant}` };
  expect(begin).toMatchObject({ ...ids, kind: 'full', workflowRunId: expect.any(String) });
  expect(end).toMatchObject({ ...ids, health: 'ok', workflowRunId: begin?.workflowRunId });
  const { invited, reinstated } = countsOf(end);
  const invitations = world
    .writes()
    .filter(({ operation, status }) => operation === 'users.invite' && status === 200);
  expect(invited + reinstated).toBe(invitations.length);
  expect(countsOf(end).failed).toBe(1);
});

test("Temporal's UI shows how many findings the plan has, by kind, and no name", async () => {
  const loop = world.client.workflow.getHandle(`tenant/${world.tenant}`);
  const details = await until('the details of the cycle', async () => {
    const { currentDetails } = Object(await loop.query('__temporal_workflow_metadata'));
    return String(currentDetails).includes(' in scope') ? String(currentDetails) : null;
  });
  expect(details).toMatch(/^- findings: .*\d+ unmanaged/m);
  expect(details).toContain(`timely-sync findings ${world.tenant}`);
  expect(details).not.toContain('@');
});

test('the log has a line for a failed change, with its position in the plan and its class', () => {
  const failed = linesOf('change failed');
  expect(failed).toHaveLength(1);
  expect(failed[0]).toMatchObject({
    tenant: world.tenant,
    cycle: 1,
    position: expect.any(Number),
    change: 'invite',
    class: 'rejected',
    activityType: 'applyChange',
    workflowId: expect.stringContaining('/cycle/1/apply/'),
  });
});

test('the log has a line for a retried step, with its class and ids', () => {
  const [failed] = linesOf('Activity failed');
  expect(failed).toMatchObject({
    tenant: world.tenant,
    cycle: 1,
    activityType: 'readTimely',
    class: 'TransientError',
    failure: expect.any(String),
  });
});

test('the log holds no person and no secret at level trace', () => {
  const text = written.join('\n');
  expect(linesOf('Activity completed').length).toBeGreaterThan(50);
  for (const email of world.present()) expect(text.toLowerCase()).not.toContain(email);
  const { clientSecret, applicationSecret, refreshToken } = world.sandbox.credentials;
  for (const secret of [clientSecret, applicationSecret, refreshToken, world.databaseUrl, 'taskToken'])
    expect(text).not.toContain(secret);
});

test("the metrics include Temporal's SDK, without workflow ids", async () => {
  const text = await (await get('/metrics')).text();
  expect(text).toMatch(
    /^temporal_activity_execution_latency_seconds_count\{.*activity_type="applyChange".*\} \d+/m,
  );
  expect(text).toMatch(/^temporal_request_total\{/m);
  expect(text).not.toContain(`tenant/${world.tenant}`);
  expect(text).toContain(`timely_sync_tenant_health{tenant="${world.tenant}",health="ok"} 1`);
  expect(text).toContain(`timely_sync_failed_changes{tenant="${world.tenant}"} 1`);
});

/** The SDK exports them with the first workflow task, or call, that fails. */
const onlyAfterFailure = ['temporal_workflow_task_execution_failed_total', 'temporal_request_failure_total'];

test('the worker exports all metrics and labels of the dashboard and the alerts', async () => {
  const text = await (await get('/metrics')).text();
  const exported = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
  const expressions = [
    ...alerts.map(({ expr }) => expr),
    ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ];
  expect(expressions.length).toBeGreaterThan(20);
  for (const expression of expressions) {
    for (const [name] of expression.matchAll(/\b(?:timely_sync|temporal|process|nodejs)_\w+/g)) {
      const metric = name.replace(/_bucket$/, '');
      if (onlyAfterFailure.includes(name)) continue;
      expect([expression, exported.has(metric) ? metric : 'not exported']).toEqual([expression, metric]);
      const samples = text
        .split('\n')
        .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${name}{`));
      // Metrics without samples before a refusal are checked by name only.
      if (samples.length === 0) continue;
      const labels = [...expression.matchAll(/(?:by \(([^)]*)\))|(?:[{,](\w+)[!=]~?")/g)]
        .flatMap(([, list = '', label = '']) => [...list.split(', '), label])
        .filter((label) => !['', 'job', 'instance', 'le'].includes(label));
      for (const label of labels)
        expect([expression, label, samples.some((line) => line.includes(`${label}="`))]).toEqual([
          expression,
          label,
          true,
        ]);
    }
  }
});

test('a worker becomes unready, and stays alive, when the store loses its migrations', async () => {
  const store = new Postgres({ connectionString: world.databaseUrl });
  await store.connect();
  try {
    await store.query('alter table drizzle.__drizzle_migrations rename to aside');
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      ready: false,
      worker: 'RUNNING',
      temporal: 'ok',
      store: 'not migrated',
    });
    expect((await get('/healthz')).status).toBe(200);
  } finally {
    await store.query('alter table drizzle.aside rename to __drizzle_migrations');
    await store.end();
  }
  expect((await get('/readyz')).status).toBe(200);
});
