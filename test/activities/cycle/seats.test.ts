/** More people than seats. One company, cycle after cycle. test/journeys/timely/seats.long.test.ts has a running tenant. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Contoso, openContoso } from '../support/contoso.ts';
import type { SandboxCycle } from '../support/sandbox-cycle.ts';

let company: Contoso;

/** In the order of their start dates. */
const firstToStart = ['Chen Wei', 'Amelie Roth', 'Bao Nguyen', 'Carla Mendes', 'Daniel Okafor'];
const addressOf = (name: string) => `${name.toLowerCase().replace(' ', '.')}@contoso.example`;

beforeAll(async () => {
  company = await openContoso((text) => text);
  for (const [index, name] of firstToStart.entries())
    company.directory.change(name, { employeeHireDate: `2026-12-0${index + 1}T00:00:00Z` });
  const { account, present } = company.timely.state;
  account.seats = present.length + 3;
});
afterAll(() => company.close());

/** Who waits for a seat, in alphabetical order. */
const waiting = ({ held }: SandboxCycle) =>
  held.map((line) => line.split(' ')).flatMap(([, email = '', rule]) => (rule === 'no-seat' ? [email] : []));
const invitations = ({ writes }: SandboxCycle) => writes.filter((line) => line.startsWith('users.invite '));
const arrived = (before: string[]) => company.present().filter((email) => !before.includes(email));

test('invites the three who start first when three seats are free', async () => {
  const before = company.present();
  const first = await company.cycle();
  expect([first.complete, first.failed]).toEqual([true, []]);
  expect(arrived(before)).toEqual(firstToStart.slice(0, 3).map(addressOf).sort());
  expect(waiting(first)).toContain(addressOf('Carla Mendes'));
  expect(waiting(first).length).toBeGreaterThan(40);
  expect(invitations(first)).toHaveLength(3);
});

test('invites no person without a free seat', async () => {
  expect((await company.cycle()).writes).toEqual([]);
});

test('fills new seats in order, until all people are in', async () => {
  const { account } = company.timely.state;
  account.seats += 2;
  let before = company.present();
  await company.cycle();
  expect(arrived(before)).toEqual(firstToStart.slice(3).map(addressOf).sort());
  account.seats = 80;
  before = company.present();
  const all = await company.cycle();
  expect(arrived(before).length).toBeGreaterThan(40);
  expect(waiting(all)).toEqual([]);
  expect(company.team('Design').length).toBeGreaterThan(5);
});

test('gives the seat of a leaver to a joiner in the same cycle', async () => {
  const { account, present } = company.timely.state;
  account.seats = present.length;
  company.directory.leave('Umar Farouk');
  company.directory.join({ displayName: 'Nora Winter', department: 'Design' });
  const changed = await company.cycle();
  expect(company.present()).not.toContain('umar.farouk@contoso.example');
  expect(waiting(changed)).toEqual([]);
  expect(company.present()).toContain('nora.winter@contoso.example');
  account.seats = 80;
});

test('tries one person in each cycle when Timely refuses despite free seats', async () => {
  const { faults, state } = company.timely;
  faults.set('seatLimit');
  const joiners = ['Ida Holm', 'Jon Vik', 'Kai Lund', 'Liv Dahl'];
  for (const displayName of joiners) company.directory.join({ displayName, department: 'Design' });
  const addresses = joiners.map(addressOf);
  const refused = await company.cycle();
  expect([refused.complete, waiting(refused)]).toEqual([true, addresses]);

  const again = await company.cycle();
  expect(invitations(again)).toEqual([`users.invite ${addressOf('Ida Holm')}`]);
  expect(waiting(again)).toEqual(addresses);

  faults.clear();
  expect(invitations(await company.cycle())).toEqual([`users.invite ${addressOf('Ida Holm')}`]);
  const last = await company.cycle();
  expect(company.present()).toEqual(expect.arrayContaining(addresses));
  expect(waiting(last)).toEqual([]);
  for (const email of company.present()) expect(state.mailsTo(email)).toBeLessThanOrEqual(1);
});
