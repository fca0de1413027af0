/** For any directory, links and Timely: cycles of the real activities come to rest, in the right state. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryWorld } from '../../domain/support/arbitrary-world.ts';
import type { World } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { bothRates } from '../../support/rates.ts';
import { arrangeTenant, type TenantInProcess } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Changes that wait for another one follow it: a name that another team gives up, in a chain of at most five teams. */
const cyclesMax = 8;

async function untilSettled(tenant: TenantInProcess) {
  const cycles = [];
  for (let count = 0; count < cyclesMax; count += 1) {
    const cycle = await tenant.cycle();
    expect(cycle.failed).toEqual([]);
    if (cycle.planned === 0) return cycles;
    cycles.push(cycle.done);
  }
  throw new Error(`Something is planned again and again: ${JSON.stringify(cycles)}`);
}

/** Timely users whom neither a link, an external id nor an address ties to the directory. */
function strangersOf({ directory, timely, personLinks }: World): Set<number> {
  const tied = new Set(personLinks.map(({ timelyId }) => timelyId));
  const known = new Set(
    directory.people.flatMap(({ id, mail, userPrincipalName }) => [id, mail, userPrincipalName]),
  );
  return new Set(
    timely.users
      .filter(({ id, email, externalId }) => !tied.has(id) && !known.has(email) && !known.has(externalId))
      .map(({ id }) => id),
  );
}

/** Copies of the strangers, and of their places in teams. */
function viewOf({ state }: TenantInProcess, strangers: ReadonlySet<number>, manual: 'keep' | 'remove') {
  const users = [...state.present, ...state.removed].filter(({ id }) => strangers.has(id));
  const rows = state.teams.flatMap(({ id, users: members }) =>
    members.filter(({ user_id }) => strangers.has(user_id)).map((row) => ({ team: id, ...row })),
  );
  return structuredClone({ users: users.sort((a, b) => a.id - b.id), rows: manual === 'keep' ? rows : [] });
}

/** A person with a Timely user is reinstated as that user, whatever address the directory has by now. */
function expectNoSecondAccount({ state }: TenantInProcess, { personLinks }: World): void {
  const links = new Map(personLinks.map(({ personId, timelyId }) => [personId, timelyId]));
  for (const { id, external_id } of state.present.filter(({ created_at }) => created_at > 1)) {
    const before = state.user(links.get(external_id ?? '') ?? 0);
    if (before) expect(before.id).toBe(id);
  }
}

function expectNothingTwice({ state, ledger }: TenantInProcess): void {
  const mailed = state.mails.filter(({ kind }) => kind !== 'reinstatement').map(({ email }) => email);
  expect(mailed.length).toBe(new Set(mailed).size);
  const names = state.teams.map(({ name }) => name.toLowerCase());
  const created = ledger.writes().filter(({ operation }) => operation === 'teams.create');
  for (const { subject } of created) {
    expect(names.filter((name) => name === subject?.toLowerCase())).toHaveLength(1);
  }
}

const rate = fc.constantFrom(...bothRates);

test('does not plan an applied plan again, and leaves unmanaged users alone', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryWorld, rate, async (world, perSecond) => {
      const tenant = await arrangeTenant(store.database, world, perSecond);
      const { manual } = world.rules.teamMembers;
      const strangers = strangersOf(world);
      const before = viewOf(tenant, strangers, manual);
      const [first = [], second = []] = await untilSettled(tenant);
      expect(second.filter((change) => first.includes(change))).toEqual([]);
      expect(viewOf(tenant, strangers, manual)).toEqual(before);
      expectNothingTwice(tenant);
      expectNoSecondAccount(tenant, world);
    }),
    { numRuns: propertyRuns(8) },
  );
}, 120_000);

const writes = [
  'users.invite',
  'users.update',
  'users.remove',
  'teams.create',
  'teams.update',
  'teams.delete',
];

test('comes to the same end when responses are lost and lists are behind', async () => {
  const lostResponses = fc.array(
    fc.record({ operation: fc.constantFrom(...writes), attempt: fc.integer({ min: 1, max: 4 }) }),
    { maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(
      arbitraryWorld,
      lostResponses,
      fc.boolean(),
      rate,
      async (world, lost, isStale, perSecond) => {
        const tenant = await arrangeTenant(store.database, world, perSecond);
        for (const setting of lost) tenant.faults.set('responseLost', { ...setting, times: 1 });
        if (isStale) {
          tenant.faults.set('staleList');
          await tenant.cycle();
          await tenant.cycle();
          tenant.faults.clear('staleList');
        }
        await untilSettled(tenant);
        expectNothingTwice(tenant);
      },
    ),
    { numRuns: propertyRuns(8) },
  );
}, 120_000);
