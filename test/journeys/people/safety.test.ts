/** No wrong removals: limits, incomplete reads, refusals. One running tenant. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { approveSignal, decideUpdate } from '../../../workflows/messages.ts';
import { startWorld, until, type World } from '../../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.startWorker();
  await world.start();
}, 90_000);
afterAll(() => world.close());

test('holds removals when the last page of a read is missing, until a complete read', async () => {
  const { state, faults } = world.sandbox.microsoft;
  faults.set('lastPageMissing', { operation: 'users.delta' });
  state.leave('Grace Hall');
  await world.cycle({ full: true });
  expect(faults.unfired()).toEqual([]);
  expect(world.present()).toContain('grace.hall@contoso.example');
  faults.clear();
  await world.cycle();
  expect(world.present()).not.toContain('grace.hall@contoso.example');
});

test('changes nothing when a lost permission turns all properties to null', async () => {
  const { faults } = world.sandbox.microsoft;
  const before = world.present();
  faults.set('wallOfNulls', { operation: 'users.delta' });
  await world.cycle({ full: true });
  expect(faults.unfired()).toEqual([]);
  expect(world.present()).toEqual(before);
  faults.clear();
  await world.cycle({ full: true });
  expect(world.present()).toEqual(before);
});

test('drops a removal when a point read of the directory contradicts it', async () => {
  const { state, faults } = world.sandbox.microsoft;
  // The delta stream lists a departure that was undone a moment later.
  state.change('Hana Sato', { accountEnabled: false });
  faults.set('latency', { operation: 'users.*', milliseconds: 300 });
  const cycle = world.cycle();
  await until(
    'the stream to be read',
    async () =>
      world.sandbox.microsoft.ledger.entries().some(({ operation }) => operation === 'groups.delta') || null,
  );
  state.change('Hana Sato', { accountEnabled: true });
  await cycle;
  faults.clear();
  await world.cycle();
  expect(world.present()).toContain('hana.sato@contoso.example');
  expect(
    world.sandbox.timely.ledger
      .writes()
      .filter(
        ({ operation, subject }) => operation === 'users.remove' && subject === 'hana.sato@contoso.example',
      ),
  ).toEqual([]);
});

test('holds too many removals together, invites joiners, and ends the approval with a repaired group', async () => {
  const { state } = world.sandbox.microsoft;
  const before = world.present();
  state.renameGroup('Timely Users', 'Timely Users (old)');
  for (const name of [
    'Amelie Roth',
    'Bao Nguyen',
    'Carla Mendes',
    'Chen Wei',
    'Daniel Okafor',
    'Elif Yilmaz',
  ]) {
    state.change(name, { department: 'Elsewhere' });
  }
  state.join({ displayName: 'Nora Winter', department: 'Design' });
  await world.cycle();
  expect(world.present()).toEqual([...before, 'nora.winter@contoso.example'].sort());

  state.renameGroup('Timely Users (old)', 'Timely Users');
  await world.cycle();
  const request = (await world.approvals()).find(({ rule }) => rule === 'too-many-removals');
  expect(request?.subjects.length).toBeGreaterThanOrEqual(6);
  expect(world.present()).toEqual([...before, 'nora.winter@contoso.example'].sort());

  for (const name of ['Amelie Roth', 'Bao Nguyen', 'Carla Mendes', 'Elif Yilmaz'])
    state.change(name, { department: 'Design' });
  for (const name of ['Chen Wei', 'Daniel Okafor']) state.change(name, { department: 'Engineering' });
  await world.cycle();
  expect((await world.approvals()).map(({ rule }) => rule)).not.toContain('too-many-removals');
  expect(world.present()).toEqual([...before, 'nora.winter@contoso.example'].sort());
});

test('applies an approved part of a tripped limit, and holds the rest', async () => {
  const { state } = world.sandbox.microsoft;
  const leaving = [
    'Umar Farouk',
    'Tara Singh',
    'Vera Kowalska',
    'Sven Eriksson',
    'Rosa Jimenez',
    'Pavel Dvorak',
  ];
  for (const name of leaving) state.leave(name);
  await world.cycle();
  const request = await world.approvalOf('umar.farouk@contoso.example');
  expect(request).toMatchObject({ rule: 'too-many-removals', changes: 6 });
  const decision = await world.approvalHandle(request.id).executeUpdate(decideUpdate, {
    args: [{ decision: 'approve', by: 'it-lead@contoso.example', only: ['umar.farouk@contoso.example'] }],
  });
  expect(decision).toMatchObject({ decided: 1, undecided: 5 });
  await until('Umar to be out', async () => !world.present().includes('umar.farouk@contoso.example') || null);
  await world.cycle();
  // Five alone would stay below the limit, but they belong to an open approval.
  expect(world.present()).toContain('tara.singh@contoso.example');
});

test("never removes the account's owner and the sync's own user, even with an approval", async () => {
  const { state } = world.sandbox.microsoft;
  state.join({ displayName: 'Olivia Owens', mail: 'owner@contoso.example', department: 'Design' });
  await world.cycle();
  for (const { id, subjects } of await world.approvals()) {
    if (subjects.includes('owner@contoso.example'))
      await world.approvalHandle(id).signal(approveSignal, { by: 'it-lead' });
  }
  await world.cycle();
  state.leave('Olivia Owens');
  await world.cycle();
  for (const { id, subjects } of await world.approvals()) {
    if (subjects.includes('owner@contoso.example'))
      await world.approvalHandle(id).signal(approveSignal, { by: 'it-lead' });
  }
  await world.cycle();
  expect(world.present()).toContain('owner@contoso.example');
});
