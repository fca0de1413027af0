/** Every hazard of docs/reference/sap.md for reads of SAP. read-sap.test.ts has some. */
import { afterAll, afterEach, beforeAll, test } from '@jest/globals';
import type { FaultSetting } from '../../../simulators/faults.ts';
import type { SapBehaviour } from '../../../simulators/sap/directory/behaviour.ts';
import type { SapFault } from '../../../simulators/sap/faults/faults.ts';
import { openSapHazards, type SapHazards } from '../support/sap-hazards.ts';

let hazards: SapHazards;

beforeAll(async () => {
  hazards = await openSapHazards();
});
afterEach(() => hazards.recover());
afterAll(() => hazards.world.close());

test('a 429 at each request of a read takes nobody away, and the next healthy cycle is right', async () => {
  hazards.world.state.behaviour.pageMax = 50;
  for (let attempt = 1; await hazards.throttledAt(attempt); ) attempt += 1;
  await hazards.expectRight();
});

test.each<[SapFault, FaultSetting?]>([
  ['pageLeftOut', { operation: 'users.list' }],
  ['pageLeftOut', { operation: 'groups.list' }],
  ['totalWrong', { by: -1 }],
  ['totalWrong', { by: 1 }],
  ['totalMoves', { by: 1 }],
  ['totalMissing', {}],
  ['movedToNextPage', { operation: 'users.list' }],
  ['movedToNextPage', { operation: 'groups.list' }],
  ['movedToReadPage', { operation: 'users.list' }],
  ['movedToReadPage', { operation: 'groups.list' }],
  ['repeatCursor', {}],
  ['nextIdMissing', {}],
  ['startIdInvalid', {}],
  ['startIdInvalid', { times: 1 }],
  ['fewerObjects', { operation: 'users.list', percent: 30 }],
  ['fewerObjects', { operation: 'users.list', percent: 8 }],
  ['fewerObjects', { operation: 'groups.list', percent: 30 }],
  ['fewerMembers', { percent: 30 }],
  ['userGroupsMissing', {}],
  ['activeMissing', {}],
  ['emptyList', {}],
  ['throttle', { attempt: 2, retryAfter: 'nothing' }],
  ['unavailable', { attempt: 3 }],
  ['permissionLost', {}],
  ['signInRefused', {}],
  ['certificateExpired', {}],
  ['cutBody', { attempt: 3 }],
  ['clockOff', { minutes: 30 }],
])('%s %j takes nobody away, and the next healthy cycle is right', (name, setting = {}) =>
  hazards.readUnder(name, setting),
);

test.each<Partial<SapBehaviour>>([
  { totalResults: 'first page' },
  { emptyResources: 'list' },
  { vanishedStartId: 'next' },
  { noDisplayName: 'absent' },
  { dates: 'date' },
  { versions: 'absent' },
  { versions: 'number' },
  { unknownFilter: 'ignored' },
  { hiddenMembers: 'left out' },
  { lastNextId: 'absent' },
  { counts: 'texts' },
  { extensionNames: 'small letters' },
  { memberTypes: 'absent' },
  { compression: 'on' },
])('reads are right where SAP behaves like %j', (behaviour) => hazards.readWhere(behaviour));
