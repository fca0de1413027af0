/** Who is invited, and under which address, as the requests to Timely show it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findingsPage } from '../../../store/planning/cycle-reports.ts';
import { guest, person, type World, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** One cycle: the addresses that are in Timely afterwards, the requests that wrote, and the findings. */
async function cycleOf(world: World) {
  const { tenant, cycle, state, ledger } = await arrangeTenant(store.database, world);
  const { number } = await cycle();
  const { items } = await findingsPage(store.database, tenant, number, 0, 100);
  return {
    present: state.present.map(({ email }) => email).filter((email) => !email.startsWith('the.')),
    findings: items.map(({ kind, subject }) => `${kind} ${subject}`),
    writes: ledger.entries().filter(({ method }) => method !== 'GET').length,
  };
}

const everyone = { include: [{ everyone: true as const }], exclude: [], guests: 'include' as const };

test('invites guests who never had an invitation, but neither pending guests nor AI agents', async () => {
  const people = [
    guest('Bo', { invitation: null }),
    person('Cy', { kind: 'guest' }),
    guest('Di', { invitation: 'pending' }),
    person('Planner', { isAgent: true }),
    guest('Helper', { isAgent: true }),
  ];
  const { present, writes } = await cycleOf(worldWith({ rules: { scope: everyone }, directory: { people } }));
  expect(present.toSorted()).toEqual(['bo@partner.example', 'cy@contoso.example']);
  expect(writes).toBe(2);
});
