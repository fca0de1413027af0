/** A cycle and its undo leave Timely as it was before, apart from what the findings call impossible. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createOpenApprovalsActivities } from '../../../activities/cycle/open-approvals.ts';
import type { CycleKey } from '../../../activities/cycle/open-cycle.ts';
import { createUndoActivities } from '../../../activities/cycle/undo.ts';
import { TimelyState } from '../../../simulators/timely/state.ts';
import { approvalsPage } from '../../../store/approvals/approvals.ts';
import { storeOrder } from '../../../store/control.ts';
import { followPage } from '../../../store/journal/journal-chain.ts';
import { arbitraryWorld } from '../../domain/support/arbitrary-world.ts';
import { group, link, members, person, team, user, worldWith } from '../../domain/support/world.ts';
import { openTestStore } from '../../support/database.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { asIfOpen } from '../support/during-cycle.ts';
import { arrangeTenant } from '../support/tenant-in-process.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Timely as people see it, without people and teams that cannot be undone: who has which role, and the teams. */
function viewOf(state: TimelyState, emails: ReadonlySet<string>, teamIds: ReadonlySet<number>) {
  const emailOf = (id: number) => state.user(id)?.email.toLowerCase() ?? `user ${id}`;
  const users = state.present
    .filter(({ email }) => !emails.has(email.toLowerCase()))
    .map(({ email, role_id }) => `${email.toLowerCase()}: ${state.role(role_id)?.name}`);
  const teams = state.teams
    .filter(({ id }) => !teamIds.has(id))
    .map(({ name, users: rows }) => {
      const members = rows.filter(({ user_id }) => !emails.has(emailOf(user_id)));
      const flags = members.map(
        ({ user_id, lead, hide_hours }) => `${emailOf(user_id)} ${lead} ${hide_hours}`,
      );
      return `${name}: ${flags.sort().join(', ')}`;
    });
  return { users: users.sort(), teams: teams.sort() };
}

test('restores Timely whatever the cycle did', async () => {
  const runs = propertyRuns(9);
  let undone = 0;
  await fc.assert(
    fc.asyncProperty(arbitraryWorld, fc.constantFrom('same id', 'new id'), async (world, reinvited) => {
      const tenant = await arrangeTenant(store.database, world);
      Object.assign(tenant.state.behaviour, { reinvited });
      const before = structuredClone(tenant.state.save());
      const cycle = await tenant.cycle();
      if (cycle.done.length === 0) return;
      undone += 1;
      const { told, refused, failed } = await tenant.undo(cycle.number);
      expect(failed).toEqual([]);
      const stays = told
        .filter(({ kind }) => kind === 'cannot-undo')
        .map(({ subject }) => subject.toLowerCase());
      const emails = new Set([...stays, ...refused.map((text) => text.split(' ')[1] ?? '')]);
      const teams = tenant.state.teams.filter(({ name }) => emails.has(name.toLowerCase()));
      const teamIds = new Set(teams.map(({ id }) => id));
      const earlier = new TimelyState(before, () => new Date(0));
      expect(viewOf(tenant.state, emails, teamIds)).toEqual(viewOf(earlier, emails, teamIds));
      expect(await followPage(store.database, tenant.tenant, null)).toMatchObject({ broken: null });
      // Nothing is left to undo: a second undo does nothing.
      expect((await tenant.undo(cycle.number)).done).toEqual([]);
    }),
    { numRuns: runs },
  );
  expect(undone).toBeGreaterThan(runs / 3);
}, 120_000);

test('keeps open approvals open, and does not apply them when the tenant is resumed', async () => {
  const { database } = store;
  const world = worldWith({
    rules: { safety: { removals: { max: 0, percent: 100, windowDays: 7 } } },
    directory: { people: [person('Ada'), person('Cy', { enabled: false })] },
    timely: { users: [user(12, 'Cy')] },
    personLinks: [link('Cy', 12)],
  });
  const tenant = await arrangeTenant(database, world);
  const { openApprovals } = createOpenApprovalsActivities(tenant.services);
  const ask = (key: CycleKey) => asIfOpen(database, key, () => openApprovals(key));
  const open = async () =>
    (await approvalsPage(database, { tenant: tenant.tenant, open: true, after: 0, limit: 9 })).items;
  const first = await tenant.cycle();
  await ask(first.key);
  const asked = await open();
  expect(asked.map(({ rule, subjects }) => [rule, subjects])).toEqual([
    ['too-many-removals', ['cy@contoso.example']],
  ]);

  expect((await tenant.undo(first.number)).done).toEqual(['remove ada@contoso.example']);
  expect(await open()).toEqual(asked);

  // The operator corrects the tripped limit, and resumes the tenant.
  Object.assign(tenant.file.safety.removals, { max: 1_000 });
  const next = await tenant.cycle();
  await ask(next.key);
  expect([next.done, await open()]).toEqual([['reinstate ada@contoso.example'], asked]);
});

test('restores a team in which Timely still lists a removed user', async () => {
  const tenant = await arrangeTenant(
    store.database,
    worldWith({
      rules: { teams: [{ kind: 'group', group: 'Guild' }] },
      directory: {
        people: [person('Ada')],
        groups: [group('Guild')],
        memberships: members('group-guild', 'id-ada'),
      },
      timely: {
        users: [user(10, 'Ada'), user(12, 'Cy'), user(13, 'Di')],
        teams: [team(50, 'Guild', 12, 13)],
      },
      personLinks: [link('Ada', 10)],
    }),
  );
  tenant.state.behaviour.removedMembers = 'stay';
  const presentMembers = () =>
    tenant.state.teams[0]?.users
      .map(({ user_id }) => user_id)
      .filter((id) => tenant.state.user(id)?.deleted === false);
  const { number, failed } = await tenant.cycle();
  expect(failed).toEqual([]);
  expect(presentMembers()).toEqual([12, 13, 10]);
  const cy = tenant.state.user(12);
  if (cy) tenant.state.remove(cy);
  expect((await tenant.undo(number)).failed).toEqual([]);
  expect(presentMembers()).toEqual([13]);
});

test('takes nobody out while a group that makes sensitive is missing', async () => {
  const world = worldWith({
    rules: {
      scope: { include: [{ everyone: true }], exclude: [], guests: 'exclude', guestDomains: [] },
      safety: {
        sensitive: { directoryRoles: true, timelyRoles: ['admin'], groups: ['Executives'], emails: [] },
      },
    },
    directory: { people: [person('Ada')] },
  });
  const tenant = await arrangeTenant(store.database, world);
  const cycle = await tenant.cycle();
  expect(cycle.done).toEqual(['invite ada@contoso.example']);
  expect((await tenant.undo(cycle.number)).done).toEqual([]);
  expect(tenant.state.present.map(({ email }) => email)).toContain('ada@contoso.example');
});

test('is not begun again when a reset hands over the order once more', async () => {
  const world = worldWith({ directory: { people: [person('Ada')] } });
  const tenant = await arrangeTenant(store.database, world);
  const { number } = await tenant.cycle();
  const { beginUndo } = createUndoActivities(tenant.services);
  const order = { tenant: tenant.tenant, undoes: number, id: `update/${number}`, by: 'it-lead' };
  expect(await beginUndo(order)).toMatchObject({ undoing: number });
  const { id, tenant: name } = order;
  await storeOrder(store.database, name, { kind: 'resumed', id, at: new Date(), reason: '', by: null });
  expect(await beginUndo(order)).toMatchObject({ undoing: null, paused: null });
});
