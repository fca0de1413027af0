/**
 * What anybody can send to a worker, in any amount: thousands of notifications within seconds, half of them forged, and
 * messages as long as Temporal lets through. The worker responds, remembers nothing of it, and goes on for its other tenants.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { choosePort } from '../../../client/local/ports.ts';
import { approvalWorkflowId, tenantWorkflowId } from '../../../workflows/messages.ts';
import { ask } from '../../support/ask.ts';
import { startWorld, until, type World } from '../../support/world.ts';

const each = 2_000;
const atOnce = 40;
const mebibyte = 1_048_576;
const pauseMaxMs = 50;

let world: World;
let worker = '';
/** What the worker wrote. */
const logged: string[] = [];

beforeAll(async () => {
  world = await startWorld({ editFile: (text) => text.replace('every: 5m', 'every: 1h') });
  const port = await choosePort(world.folder, 'worker');
  worker = `http://127.0.0.1:${port}`;
  world.variables.TIMELY_SYNC_HEALTH_PORT = String(port);
  world.variables.TIMELY_SYNC_LOG_LEVEL = 'warn';
  world.variables.TIMELY_SYNC_PUBLIC_URL = `${worker}/notifications`;
  await world.startWorker((line) => logged.push(line));
  await world.start();
}, 90_000);
afterAll(() => world.close());

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${worker}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1],
  );
}

const memoryBytes = () => metric('process_resident_memory_bytes');

/** The longest pause of the worker's event loop since the last call. The worker looks every 100 ms, which counts in. */
const longestPauseMs = async () => 1_000 * (await metric('nodejs_eventloop_lag_max_seconds')) - 100;

/** Posts all bodies, `atOnce` at a time. Returns the milliseconds of each response, ascending. */
async function flood(bodies: readonly string[]): Promise<number[]> {
  const tookMs: number[] = [];
  let next = 0;
  const headers = { 'content-type': 'application/json' };
  const post = async () => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const beganMs = performance.now();
      const response = await fetch(`${worker}/notifications`, { method: 'POST', headers, body });
      await response.arrayBuffer();
      expect(response.status).toBe(202);
      tookMs.push(performance.now() - beganMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, post));
  return tookMs.sort((one, other) => one - other);
}

test('a worker responds to a flood at once, keeps no memory of it, and runs few cycles', async () => {
  const { state } = world.sandbox.microsoft;
  const before = { cycle: (await world.status()).cycle, memory: await memoryBytes() };
  const [subscription] = state.subscriptions;
  const { id: subscriptionId, clientState } = subscription ?? { id: '', clientState: '' };
  const bodyWith = (proof: string) =>
    JSON.stringify({ value: [{ subscriptionId, clientState: proof, changeType: 'updated' }] });
  const bodies = Array.from({ length: 2 * each }, (_, index) =>
    bodyWith(index % 2 === 0 ? String(clientState) : `forged-${index}`),
  );
  state.leave('Umar Farouk');

  const beganMs = performance.now();
  const tookMs = await flood(bodies);
  const seconds = Math.ceil((performance.now() - beganMs) / 1_000);

  expect(tookMs[Math.floor(tookMs.length * 0.95)]).toBeLessThan(1_000);
  const gone = async () => !world.present().includes('umar.farouk@contoso.example') || null;
  await until('the leaver out of Timely', gone, 20_000);
  await until('rest', async () => (await world.status()).stage === 'waiting' || null);
  // One signal for each second of the flood and for the rest of it, and the second one after it.
  expect((await world.status()).cycle - before.cycle).toBeLessThanOrEqual(seconds + 2);
  const { notifications } = (await (await fetch(`${worker}/healthz`)).json()) as {
    notifications: { taken: number; refused: number };
  };
  expect(notifications.refused).toBe(each);
  expect(notifications.taken).toBeGreaterThanOrEqual(each);
  expect((await memoryBytes()) - before.memory).toBeLessThan(150 * mebibyte);
  expect((await world.status()).health).toBe('ok');
}, 60_000);

/** As long as Temporal lets through. */
const longText = 'a:'.repeat(900_000);

test('a worker refuses messages of any length without a pause for its other tenants', async () => {
  const [approval] = await world.approvals();
  const { tenant } = world;
  const decisions = world.client.workflow.getHandle(
    approvalWorkflowId(tenant, Number(approval?.id.split('/')[1])),
  );
  const loop = world.client.workflow.getHandle(tenantWorkflowId(tenant));
  const decision = { decision: 'approve', by: 'bo', only: [longText] };
  const attacks: [string, () => Promise<unknown>][] = [
    ['decide', () => decisions.executeUpdate('decide', { args: [decision] })],
    ['undo', () => loop.executeUpdate('undo', { args: [{ cycle: 1, by: longText }] })],
    ['provision', () => loop.executeUpdate('provision', { args: [{ person: longText }] })],
    ['configure', () => loop.executeUpdate('configure', { args: [{ file: { [longText]: 1 } }] })],
    ['why', () => ask(world.client, world.taskQueue, { about: 'why', tenant, subject: longText })],
  ];
  let pauseMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5 && pauseMs >= pauseMaxMs; round += 1) {
    await longestPauseMs();
    await sleep(1_000);
    // Other processes pause the worker as well.
    const withoutAttackMs = await longestPauseMs();
    for (const [what, attack] of attacks) {
      const error = await attack().catch((reason: unknown) => reason);
      if (!(error instanceof Error)) throw new Error(`"${what}" was not refused.`);
      expect(String(error.cause).length).toBeLessThan(1_000);
    }
    const refused = logged.length;
    await decisions.signal('approve', { ...decision, decision: undefined });
    await until(
      'the refused signal',
      async () => logged.slice(refused).some((line) => line.includes('refused a decision by signal')) || null,
    );
    pauseMs = Math.min(pauseMs, (await longestPauseMs()) - withoutAttackMs);
  }
  expect(pauseMs).toBeLessThan(pauseMaxMs);
  expect(logged.filter((line) => line.length > 2_000)).toEqual([]);
  expect((await world.status()).health).toBe('ok');
}, 60_000);
