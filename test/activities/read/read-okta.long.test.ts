/** Every hazard of docs/reference/okta.md for whole reads. read-okta.test.ts has some. */
import { afterAll, beforeAll, test } from '@jest/globals';
import type { FaultSetting } from '../../../simulators/faults.ts';
import type { OktaFault } from '../../../simulators/okta/faults/faults.ts';
import { openReadOktaWorld, readOktaUnder } from '../support/okta-hazards.ts';
import type { OktaWorld } from '../support/okta-world.ts';

let world: OktaWorld;

beforeAll(async () => {
  world = await openReadOktaWorld();
});
afterAll(() => world.close());

test.each<[OktaFault, FaultSetting?]>([
  ['emptyList', { operation: 'users.list' }],
  ['nextMissing', { operation: 'users.list' }],
  ['nextMissing', { operation: 'groups.members' }],
  ['repeatCursor', {}],
  ['foreignNextLink', {}],
  ['fewerObjects', { operation: 'users.list', percent: 30 }],
  ['fewerObjects', { operation: 'users.list', percent: 5 }],
  ['fewerMembers', { percent: 30 }],
  ['fewerMembers', { percent: 5 }],
  ['movedToReadPage', { operation: 'groups.members' }],
  ['movedToNextPage', {}],
  ['missingFields', { operation: 'users.*' }],
  ['staleList', {}],
  ['resourceSetShrunk', {}],
  ['adminRoleLost', {}],
  ['scopeLost', {}],
  ['tokenExpired', { times: 1 }],
  ['nonceChanged', {}],
  ['tooManyAtOnce', { times: 3 }],
  ['throttle', { attempt: 2, retryAfter: 1 }],
  ['unavailable', { attempt: 3 }],
  ['readOnlyMode', { attempt: 2 }],
  ['cutBody', { attempt: 3 }],
  ['logDoubled', {}],
  ['logUnordered', {}],
  ['logGap', {}],
  ['htmlInValues', {}],
])('%s %j takes nobody away in a whole read, and the next read is right', (name, setting = {}) =>
  readOktaUnder(world, name, setting),
);
