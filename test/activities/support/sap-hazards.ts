/** Reads of SAP under a fault, or where SAP behaves in another way: nobody is gone, and the next healthy read is right. */
import { expect } from '@jest/globals';
import { ThrottledError } from '../../../domain/errors.ts';
import type { FaultSetting } from '../../../simulators/faults.ts';
import { defaultSapBehaviour, type SapBehaviour } from '../../../simulators/sap/directory/behaviour.ts';
import type { SapFault } from '../../../simulators/sap/faults/faults.ts';
import { forgetRefusals } from './faulty-sap.ts';
import { openSapReader, type SapReader } from './sap-reader.ts';

const pageMax = 12;

type Replica = Awaited<ReturnType<SapReader['replica']>>;
export type SapHazards = Awaited<ReturnType<typeof openSapHazards>>;

/** Opens the sandbox's SAP after its first read. Call `recover` after each test. */
export async function openSapHazards() {
  const world = await openSapReader({ pageMax });
  expect(await world.read()).toMatchObject({ complete: true, reasons: [], kind: 'full' });
  let joined = 0;

  const minutes = (count: number) => world.pass(count * 60_000);

  /** Somebody new in a group of the tenant file, `New 1` and so on. */
  function join(group = 'Timely Users'): string {
    joined += 1;
    return world.state.join({ displayName: `New ${joined}`, groups: [group] }).id;
  }

  /** A read without faults brings everything right. */
  async function expectRight(reading: Promise<unknown> = world.read()): Promise<void> {
    expect(await reading).toMatchObject({ complete: true, reasons: [] });
    expect(await world.replica()).toEqual(world.truth());
  }

  return {
    world,
    pageMax,
    minutes,
    join,
    joined: () => joined,
    expectRight,

    recover(): void {
      world.sap.faults.clear();
      Object.assign(world.state.behaviour, { ...defaultSapBehaviour, pageMax });
      world.state.hidden = null;
      world.state.changes += 1;
    },

    /** A whole read whose request of that number gets a 429. Returns false when the read has fewer requests. */
    async throttledAt(attempt: number): Promise<boolean> {
      const before = await world.replica();
      world.sap.faults.set('throttle', { attempt, times: 1, retryAfter: 'nothing' });
      const reading = await world.read({ full: true }).catch((error: unknown) => error);
      const isReached = world.sap.faults.active().length === 0;
      if (isReached) expect(reading).toBeInstanceOf(ThrottledError);
      expectNobodyGone(before, await world.replica());
      world.sap.faults.clear();
      await forgetRefusals(world.database);
      return isReached;
    },

    /** A whole read and one of changes under a fault, then a healthy one. */
    async readUnder(name: SapFault, setting: FaultSetting): Promise<void> {
      const before = await world.replica();
      for (const full of [true, false]) {
        minutes(5);
        // So many changes that they come on two pages.
        for (const { id } of world.state.users().slice(0, pageMax + 1))
          world.state.change(id, { department: `Moved ${name} ${full}` });
        join('Design Guild');
        world.sap.faults.set(name, setting);
        await world.read({ full, attempts: 6 }).catch((error: unknown) => error);
        const fired = world.sap.faults.active().find((fault) => fault.name === name)?.fired ?? 1;
        // The clock is off without a request that it fires for.
        expect([name, full, fired > 0 || name === 'clockOff']).toEqual([name, full, true]);
        expectNobodyGone(before, await world.replica());
        world.sap.faults.clear();
        await forgetRefusals(world.database);
      }
      await expectRight();
    },

    /** A whole read and two of changes where SAP behaves so. */
    async readWhere(behaviour: Partial<SapBehaviour>): Promise<void> {
      Object.assign(world.state.behaviour, behaviour);
      world.state.changes += 1;
      await expectRight(world.read({ full: true }));
      minutes(5);
      const id = join();
      world.state.removeFromGroup(join('Design Guild'), 'Design Guild');
      await expectRight();
      world.state.removeFromGroup(id, 'Timely Users');
      await expectRight();
    },
  };
}

export function expectNobodyGone(before: Replica, after: Replica): void {
  for (const part of ['people', 'groups', 'memberships'] as const)
    expect([part, before[part].filter((each) => !after[part].includes(each))]).toEqual([part, []]);
}
