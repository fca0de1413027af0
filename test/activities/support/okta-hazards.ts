/** The sandbox's Okta after its first read, and whole reads under faults. */
import { expect } from '@jest/globals';
import type { FaultSetting } from '../../../simulators/faults.ts';
import type { OktaFault } from '../../../simulators/okta/faults/faults.ts';
import { type OktaWorld, openOktaWorld } from './okta-world.ts';

export async function openReadOktaWorld(): Promise<OktaWorld> {
  const world = await openOktaWorld();
  expect(await world.read()).toMatchObject({ complete: true, reasons: [], kind: 'full' });
  return world;
}

/** A whole read under a fault takes nobody away, and the next one is right. */
export async function readOktaUnder(world: OktaWorld, name: OktaFault, setting: FaultSetting): Promise<void> {
  const before = await world.replica();
  world.okta.faults.set(name, setting);
  const reading = await world.read({ full: true, attempts: 4 }).catch((error: unknown) => ({ error }));
  const after = await world.replica();
  expect(before.people.filter((person) => !after.people.includes(person))).toEqual([]);
  expect(before.memberships.filter((each) => !after.memberships.includes(each))).toEqual([]);
  // Names may have changed: texts from outside hold anything.
  const groupIds = after.groups.map((group) => group.split(' ', 1)[0]);
  expect(before.groups.filter((group) => !groupIds.includes(group.split(' ', 1)[0]))).toEqual([]);
  expect(reading).toBeDefined();
  world.okta.faults.clear();
  await expectRight(world, { full: true });
}

/** A read without faults brings everything right. */
export async function expectRight(world: OktaWorld, options: { full?: boolean } = {}): Promise<void> {
  expect(await world.read(options)).toMatchObject({ complete: true, reasons: [] });
  expect(await world.replica()).toEqual(world.truth());
}
