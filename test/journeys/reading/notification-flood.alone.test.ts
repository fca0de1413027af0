/** Thousands of notifications within seconds, half of them forged: fast responses, bounded memory, few cycles. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { choosePort } from '../../../client/local/ports.ts';
import { startWorld, until, type World } from '../../support/world.ts';

const each = 2_000;
const atOnce = 40;
const mebibyte = 1_048_576;

let world: World;
let worker = '';

beforeAll(async () => {
  world = await startWorld({ editFile: (text) => text.replace('every: 5m', 'every: 1h') });
  const port = await choosePort(world.folder, 'worker');
  worker = `http://127.0.0.1:${port}`;
  world.variables.TIMELY_SYNC_HEALTH_PORT = String(port);
  world.variables.TIMELY_SYNC_PUBLIC_URL = `${worker}/notifications`;
  await world.startWorker();
  await world.start();
}, 90_000);
afterAll(() => world.close());

async function memoryBytes(): Promise<number> {
  const text = await (await fetch(`${worker}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
}

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

  const tookMs = await flood(bodies);

  expect(tookMs[Math.floor(tookMs.length * 0.95)]).toBeLessThan(1_000);
  const gone = async () => !world.present().includes('umar.farouk@contoso.example') || null;
  await until('the leaver out of Timely', gone, 20_000);
  await until('rest', async () => (await world.status()).stage === 'waiting' || null);
  expect((await world.status()).cycle - before.cycle).toBeLessThanOrEqual(6);
  const { notifications } = (await (await fetch(`${worker}/healthz`)).json()) as {
    notifications: { taken: number; refused: number };
  };
  expect(notifications.refused).toBe(each);
  expect(notifications.taken).toBeGreaterThanOrEqual(each);
  expect((await memoryBytes()) - before.memory).toBeLessThan(150 * mebibyte);
  expect((await world.status()).health).toBe('ok');
}, 60_000);
