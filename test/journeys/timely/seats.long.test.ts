/** More people than seats. One running tenant; each test continues from the last one. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ReportLine } from '../../../domain/contract/report.ts';
import { fillContoso } from '../../../simulators/company.ts';
import { ask } from '../../support/ask.ts';
import { startWorld, type World } from '../../support/world.ts';

let world: World;

/** In the order of their start dates. */
const firstToStart = ['Chen Wei', 'Amelie Roth', 'Bao Nguyen', 'Carla Mendes', 'Daniel Okafor'];
const addressOf = (name: string) => `${name.toLowerCase().replace(' ', '.')}@contoso.example`;

beforeAll(async () => {
  world = await startWorld({
    company: (microsoft, timely, ...others) => {
      fillContoso(microsoft, timely, ...others);
      for (const [index, name] of firstToStart.entries()) {
        microsoft.change(name, { employeeHireDate: `2026-12-0${index + 1}T00:00:00Z` });
      }
      timely.account.seats = timely.present.length + 3;
    },
  });
  await world.startWorker();
}, 60_000);
afterAll(() => world.close());

async function waiting(): Promise<string[]> {
  const { tenant, client, taskQueue } = world;
  const { cycle } = await world.status();
  const lines: ReportLine[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: { items: unknown[]; next?: number | null } = await ask(client, taskQueue, {
      about: 'lines',
      tenant,
      cycle,
      status: 'held',
      after,
    });
    lines.push(...(page.items as ReportLine[]));
    after = page.next ?? null;
  }
  return lines.filter(({ hold }) => hold?.rule === 'no-seat').map(({ subject }) => subject);
}

const invitations = (since: number) =>
  world.sandbox.timely.ledger.entries(since).filter(({ operation }) => operation === 'users.invite');
const arrived = (before: string[]) => world.present().filter((email) => !before.includes(email));

test('invites the three who start first when three seats are free', async () => {
  const before = world.present();
  expect(await world.start()).toMatchObject({ health: 'ok' });
  expect(arrived(before)).toEqual(firstToStart.slice(0, 3).map(addressOf).sort());
  expect(await waiting()).toContain(addressOf('Carla Mendes'));
  expect((await waiting()).length).toBeGreaterThan(40);
  expect(invitations(0)).toHaveLength(3);
}, 60_000);

test('invites no person without a free seat', async () => {
  const { last } = world.sandbox.timely.ledger;
  await world.cycle();
  expect(world.writes().filter(({ number }) => number > last)).toEqual([]);
});

test('fills new seats in order, until all people are in', async () => {
  const { account } = world.sandbox.timely.state;
  account.seats += 2;
  let before = world.present();
  await world.cycle();
  expect(arrived(before)).toEqual(firstToStart.slice(3).map(addressOf).sort());
  account.seats = 80;
  before = world.present();
  await world.cycle();
  expect(arrived(before).length).toBeGreaterThan(40);
  expect(await waiting()).toEqual([]);
  expect(world.team('Design').length).toBeGreaterThan(5);
});

test('gives the seat of a leaver to a joiner in the same cycle', async () => {
  const { account, present } = world.sandbox.timely.state;
  account.seats = present.length;
  world.sandbox.microsoft.state.leave('Umar Farouk');
  world.sandbox.microsoft.state.join({ displayName: 'Nora Winter', department: 'Design' });
  await world.cycle();
  expect(world.present()).not.toContain('umar.farouk@contoso.example');
  expect(await waiting()).toEqual([]);
  expect(world.present()).toContain('nora.winter@contoso.example');
  account.seats = 80;
});

test('tries one person in each cycle when Timely refuses despite free seats', async () => {
  const { faults, ledger, state } = world.sandbox.timely;
  faults.set('seatLimit');
  const joiners = ['Ida Holm', 'Jon Vik', 'Kai Lund', 'Liv Dahl'];
  for (const displayName of joiners)
    world.sandbox.microsoft.state.join({ displayName, department: 'Design' });
  const addresses = joiners.map(addressOf);
  expect(await world.cycle()).toMatchObject({ health: 'ok', cycleError: null });
  expect(await waiting()).toEqual(addresses);

  let { last } = ledger;
  await world.cycle();
  expect(invitations(last).map(({ subject }) => subject)).toEqual([addressOf('Ida Holm')]);
  expect(await waiting()).toEqual(addresses);

  faults.clear();
  ({ last } = ledger);
  await world.cycle();
  expect(invitations(last).map(({ subject }) => subject)).toEqual([addressOf('Ida Holm')]);
  await world.cycle();
  expect(world.present()).toEqual(expect.arrayContaining(addresses));
  expect(await waiting()).toEqual([]);
  for (const email of world.present()) expect(state.mailsTo(email)).toBeLessThanOrEqual(1);
});
