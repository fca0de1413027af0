/** A worker that sleeps through two cycles and wakes in the middle of its activities, as in a suspended virtual machine. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { linkedIds } from '../../../simulators/microsoft/directory/objects.ts';
import { slowWorlds, untilMiddle } from '../../support/slow-worlds.ts';
import { until } from '../../support/world.ts';

const worlds = slowWorlds();
afterEach(worlds.closeAll);

test('a worker that slept sends nothing of its old cycle', async () => {
  const world = await worlds.open(25);
  const sleeper = await world.startWorker();
  await world.configure();
  await untilMiddle(world);
  sleeper.kill('SIGSTOP');
  try {
    const { state } = world.sandbox.microsoft;
    const invited = new Set(world.sandbox.timely.state.mails.map(({ email }) => email.toLowerCase()));
    const inScope = state.objects.groups.find(({ properties }) => properties.displayName === 'Timely Users');
    const members = new Set(inScope ? linkedIds(inScope, 'members') : []);
    const waiting = state.objects.users.find(
      ({ id, properties }) => members.has(id) && !invited.has(String(properties.mail).toLowerCase()),
    );
    if (!waiting) throw new Error('Everybody was invited before the worker slept.');
    state.leave(String(waiting.properties.displayName));
    await world.startWorker();
    await world.untilCycle(0, 120_000);
    await world.cycle();
    await world.cycle();
    const before = world.writes().length;
    sleeper.kill('SIGCONT');
    await sleep(5_000);
    await world.cycle();
    expect(world.writes().length).toBe(before);
    const mailed = world.sandbox.timely.state.mails.map(({ email }) => email);
    expect(new Set(mailed).size).toBe(mailed.length);
    expect(world.present()).not.toContain(String(waiting.properties.mail).toLowerCase());
    await until('the end', async () => (await world.status()).health === 'ok' || null);
  } finally {
    sleeper.kill('SIGCONT');
  }
}, 300_000);
