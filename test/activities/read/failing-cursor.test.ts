/** A stored cursor that the directory only meets with 5xx (docs/reference/rules.md section 1.2). */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TransientError } from '../../../domain/errors.ts';
import type { FaultSetting } from '../../../simulators/faults.ts';
import type { MicrosoftFault } from '../../../simulators/microsoft/faults/faults.ts';
import { type DirectoryReader, type DirectoryWorld, openReader } from '../support/directory-world.ts';

let reader: DirectoryReader;

beforeAll(async () => {
  reader = await openReader();
});
afterAll(() => reader.close());

async function withWorld(run: (world: DirectoryWorld) => Promise<void>): Promise<void> {
  const world = await reader.world((state) => {
    state.createGroup({ displayName: 'Staff' });
    for (const letter of 'ABCDEFGHIJKL') state.join({ displayName: `Person ${letter}`, groups: ['Staff'] });
  });
  try {
    await world.read();
    await run(world);
  } finally {
    await world.close();
  }
}

/** Lets a cycle fail, with several attempts. */
async function failingCycle(
  world: DirectoryWorld,
  operation: string,
  [fault, setting]: [MicrosoftFault, FaultSetting] = ['cursorUnavailable', {}],
) {
  world.faults.set(fault, { operation, ...setting });
  await expect(world.read({ attempts: 3 })).rejects.toThrow(TransientError);
  world.faults.clear();
}

/** A delta round from the start has no token. */
const wholeRounds = (world: DirectoryWorld, after: number) =>
  world.sandbox.microsoft.ledger
    .entries(after)
    .filter(({ operation, query }) => operation.endsWith('.delta') && '$select' in query)
    .map(({ operation }) => operation);

test.each(['users.delta', 'groups.delta'])(
  'is dropped for a fresh round after three cycles (%s)',
  (operation) =>
    withWorld(async (world) => {
      world.state.leave('Person A');
      world.state.removeFromGroup('Person B', 'Staff');
      const before = world.sandbox.microsoft.ledger.last;
      for (let cycle = 1; cycle <= 3; cycle += 1) await failingCycle(world, operation);
      expect(wholeRounds(world, before)).toEqual([]);
      // The old cursor goes on failing.
      world.faults.set('cursorUnavailable', { operation });
      expect(await world.read()).toMatchObject({ complete: true, evidence: { kind: 'full' } });
      expect(wholeRounds(world, before)).toEqual(['users.delta', 'groups.delta']);
      expect(await world.replica()).toEqual(world.truth());
      world.faults.clear();
      expect((await world.read()).evidence?.kind).toBe('incremental');
    }),
);

test('is kept when a cycle between the failing ones could follow it', () =>
  withWorld(async (world) => {
    const kinds = [];
    for (let cycle = 1; cycle <= 3; cycle += 1) {
      await failingCycle(world, 'users.delta');
      await failingCycle(world, 'users.delta');
      kinds.push((await world.read()).evidence?.kind);
    }
    expect(kinds).toEqual(['incremental', 'incremental', 'incremental']);
  }));

test('is kept while the directory does not answer at all', () =>
  withWorld(async (world) => {
    for (let cycle = 1; cycle <= 4; cycle += 1)
      await failingCycle(world, 'users.delta', ['dropConnection', {}]);
    expect((await world.read()).evidence?.kind).toBe('incremental');
  }));
