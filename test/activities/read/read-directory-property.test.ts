/** After any edits in the directory and any failed reads, one healthy read makes the replica right. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SyncError } from '../../../domain/errors.ts';
import type { DirectoryObject } from '../../../simulators/microsoft/directory/objects.ts';
import type { MicrosoftState } from '../../../simulators/microsoft/directory/state.ts';
import type { MicrosoftFault } from '../../../simulators/microsoft/faults/faults.ts';
import { pageFaults, responseFaults } from '../../support/directory-faults.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { type DirectoryReader, type DirectoryWorld, openReader } from '../support/directory-world.ts';

let reader: DirectoryReader;

beforeAll(async () => {
  reader = await openReader();
});
afterAll(() => reader.close());

/** The objects that an edit is about; `serial` makes its names unique. */
interface Place {
  user: DirectoryObject;
  group: DirectoryObject;
  other: DirectoryObject;
  serial: number;
}

/** Any sequence of edits is valid: what cannot be done now is skipped. */
const edits: Record<string, (state: MicrosoftState, place: Place) => void> = {
  join: (state, { serial }) => state.join({ displayName: `Person ${serial}`, department: 'Design' }),
  guest: (state, { serial }) =>
    state.guest({ displayName: `Guest ${serial}`, email: `g${serial}@elsewhere.example`, state: 'Accepted' }),
  block: (state, { user, serial }) => {
    if (user.status === 'live') state.change(user.id, { accountEnabled: serial % 2 === 0 });
  },
  move: (state, { user, serial }) => {
    const department = serial % 3 === 0 ? null : `Department ${serial}`;
    if (user.status === 'live') state.change(user.id, { department });
  },
  newMail: (state, { user, serial }) => {
    const mail = `mail${serial}@contoso.example`;
    if (user.status === 'live') state.change(user.id, { mail, proxyAddresses: [`SMTP:${mail}`] });
  },
  manage: (state, { user, serial }) => {
    const managers = state.objects.users.filter(({ status }) => status === 'live');
    const manager = serial % 2 === 0 ? null : (managers[serial % managers.length]?.id ?? null);
    if (user.status === 'live') state.change(user.id, { manager });
  },
  leave: (state, { user }) => {
    if (user.status === 'live') state.leave(user.id);
  },
  restore: (state, { user }) => {
    if (user.status === 'deleted') state.restore(user.id);
  },
  purge: (state, { user }) => {
    if (user.status !== 'purged') state.purge(user.id);
  },
  createGroup: (state, { serial }) => state.createGroup({ displayName: `Group ${serial}` }),
  renameGroup: (state, { group, serial }) => {
    if (group.status === 'live') state.renameGroup(group.id, `Group ${serial}`);
  },
  swapNames: (state, { group, other }) => {
    if (group.status !== 'live' || other.status !== 'live') return;
    const name = String(group.properties.displayName);
    state.renameGroup(group.id, String(other.properties.displayName));
    state.renameGroup(other.id, name);
  },
  deleteGroup: (state, { group, serial }) => {
    if (group.status === 'live') state.deleteGroup(group.id, serial % 2 === 0 ? 'deleted' : 'purged');
  },
  restoreGroup: (state, { group }) => {
    if (group.status === 'deleted') state.objects.restore(group);
  },
  enter: (state, { user, group }) => {
    if (group.status === 'live' && user.status !== 'purged')
      state.objects.link(group, 'members', user.id, true);
  },
  exit: (state, { user, group }) => {
    if (group.status === 'live') state.objects.link(group, 'members', user.id, false);
  },
  nest: (state, { group, other }) => {
    if (group.status === 'live' && other.status === 'live') state.nest(other.id, group.id);
  },
  unnest: (state, { group, other }) => {
    if (group.status === 'live' && other.status === 'live') state.unnest(other.id, group.id);
  },
};

/** Faults that a read notices or survives: afterwards the replica may be behind, never wrong. */
const loudFaults = [
  ...pageFaults,
  'membersBothWays',
  'replay',
  'lag',
  ...responseFaults,
] as const satisfies MicrosoftFault[];

/** Gaps that show only in comparison with the replica, so that they are set for full reads of a known directory. */
const gaps = [
  ['fewerObjects', 'users.delta', 60],
  ['fewerObjects', 'groups.delta', 60],
  ['fewerMembers', 'groups.delta', 60],
  ['fewerMembers', 'groups.delta', 15],
  ['movedToReadPage', 'users.delta', 100],
] as const satisfies [MicrosoftFault, string, number][];

const edit = fc.record({
  do: fc.constant('edit' as const),
  what: fc.constantFrom(...Object.keys(edits)),
  at: fc.tuple(fc.nat(11), fc.nat(4), fc.nat(4)),
});
const fault = fc.record({
  name: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...loudFaults) },
    { weight: 1, arbitrary: fc.constant('liveAndRemoved' as const) },
  ),
  operation: fc.constantFrom('users.delta', 'groups.delta'),
  attempt: fc.integer({ min: 1, max: 3 }),
});
const step = fc.oneof(
  { weight: 6, arbitrary: edit },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      full: fc.boolean(),
      faults: fc.array(fault, { maxLength: 2 }),
      attempts: fc.integer({ min: 1, max: 3 }),
      meanwhile: fc.option(edit, { nil: null }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('read with a gap' as const), gap: fc.constantFrom(...gaps) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const someDirectory = (state: MicrosoftState) => {
  for (const group of [1, 2, 3]) state.createGroup({ displayName: `Group ${group}` });
  for (const person of [1, 2, 3, 4, 5, 6, 7, 8]) {
    state.join({
      displayName: `Person ${person}`,
      department: 'Design',
      groups: [`Group ${1 + (person % 3)}`],
    });
    state.change(`Person ${person}`, { manager: 'Person 1' });
  }
  state.nest('Group 2', 'Group 1');
};

async function play(world: DirectoryWorld, steps: readonly Step[]): Promise<void> {
  world.sandbox.microsoft.options.deltaPage = { objects: 4, links: 3 };
  let serial = 100;
  const apply = ({ what, at }: Extract<Step, { do: 'edit' }>) => {
    serial += 1;
    const { users, groups } = world.state.objects;
    const user = users[at[0] % users.length];
    const group = groups[at[1] % groups.length];
    const other = groups[at[2] % groups.length];
    if (user && group && other) edits[what]?.(world.state, { user, group, other, serial });
  };
  await world.read();
  for (const current of steps) {
    if (current.do === 'edit') apply(current);
    if (current.do === 'read') {
      for (const { name, operation, attempt } of current.faults) {
        world.faults.set(name, { operation, attempt, times: 1 });
      }
      const reading = world.read(current).catch(isOurs);
      if (current.meanwhile) {
        await world.nextRequest();
        apply(current.meanwhile);
      }
      await reading;
      world.faults.clear();
    }
    if (current.do === 'read with a gap') {
      await world.read();
      const [name, operation, percent] = current.gap;
      world.faults.set(name, { operation, percent });
      await world.read({ full: true });
      world.faults.clear();
    }
  }
}

/** Temporal would try again. Any error but our own is a defect. */
function isOurs(error: unknown): void {
  if (!(error instanceof SyncError)) throw error;
}

test('equals the directory after any edits, any reads with any faults, and one healthy read', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), async (steps) => {
      const world = await reader.world(someDirectory);
      try {
        await play(world, steps);
        for (const full of [false, true]) {
          expect(await world.read({ full })).toMatchObject({ complete: true, reasons: [] });
          expect(await world.replica()).toEqual(world.truth());
        }
      } finally {
        await world.close();
      }
    }),
    { numRuns: propertyRuns(2) },
  );
}, 300_000);
