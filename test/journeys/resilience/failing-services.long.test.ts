/**
 * Microsoft and Timely fail while the tenant's workflow runs: Temporal retries what may pass, and the status says what a
 * person has to mend. The many forms of wrong responses are tried without Temporal, in test/activities.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FaultSetting } from '../../../simulators/faults.ts';
import type { MicrosoftFault } from '../../../simulators/microsoft/faults/faults.ts';
import type { TimelyFault } from '../../../simulators/timely/faults.ts';
import { startWorld, until, type World } from '../../support/world.ts';

let world: World;
let joined = 0;

beforeAll(async () => {
  world = await startWorld({
    editFile: (text) => text.replace('directoryRoles: true', 'directoryRoles: false'),
  });
  world.sandbox.microsoft.options.deltaPage = { objects: 20, links: 10 };
  await world.startWorker();
  await world.start();
}, 90_000);
afterAll(() => world.close());

const microsoft = () => world.sandbox.microsoft;
const timely = () => world.sandbox.timely;

/** Letters number the newcomers, because Timely takes no digits in names. */
function join(): string {
  joined += 1;
  const displayName = `Newcomer ${String.fromCharCode(64 + joined)}`;
  const { properties } = microsoft().state.join({
    displayName,
    department: 'Design',
    groups: ['Design Guild'],
  });
  return String(properties.mail);
}

function expectInvitedOnce(email: string): void {
  expect(world.team('Design')).toContain(email);
  expect(world.team('Design Guild')).toContain(email);
  expect(timely().state.mailsTo(email)).toBe(1);
}

test('ends a cycle right despite refusals and cut connections of both sides', async () => {
  const ofMicrosoft: [MicrosoftFault, FaultSetting][] = [
    ['tokenExpired', { operation: 'users.delta', attempt: 2 }],
    ['throttle', { operation: 'groups.delta', attempt: 2, retryAfter: 0.3 }],
    ['cutBody', { operation: 'users.delta', attempt: 3 }],
  ];
  const ofTimely: [TimelyFault, FaultSetting][] = [
    ['throttle', { operation: 'users.invite', times: 1, retryAfter: 0.3 }],
    ['dropConnection', { operation: '*.list', times: 2 }],
    ['responseLost', { operation: 'teams.update', times: 1 }],
  ];
  for (const [name, setting] of ofMicrosoft) microsoft().faults.set(name, setting);
  for (const [name, setting] of ofTimely) timely().faults.set(name, setting);
  const email = join();
  expect(await world.cycle({ full: true })).toMatchObject({ health: 'ok', cycleError: null });
  expect([...microsoft().faults.unfired(), ...timely().faults.unfired()]).toEqual([]);
  expectInvitedOnce(email);
}, 60_000);

test('ends right after a gateway responds to all requests with web pages for a while', async () => {
  const { faults, ledger } = timely();
  const since = ledger.last;
  faults.set('unavailable', { operation: '*' });
  const email = join();
  const cycle = world.cycle();
  await until('some responses of the gateway', async () => ledger.entries(since).length >= 3 || null);
  faults.clear();
  await cycle;
  expectInvitedOnce(email);
}, 60_000);

test('asks for consent when Microsoft revokes a permission, and goes on when it is back', async () => {
  const { faults } = microsoft();
  faults.set('permissionLost', { operation: 'groups.delta' });
  const email = join();
  const during = await world.cycle({ full: true });
  expect(during).toMatchObject({ health: 'needs-consent' });
  expect(during.cycleError?.remedy).toContain('GroupMember.Read.All');
  faults.clear();
  expect(await world.cycle()).toMatchObject({ health: 'ok' });
  expectInvitedOnce(email);
}, 60_000);

test('asks for a new sign-in when Timely takes a permission away, and goes on when it is back', async () => {
  const { faults } = timely();
  faults.set('permissionLost', { operation: 'users.invite' });
  const email = join();
  expect(await world.cycle()).toMatchObject({ health: 'needs-connect' });
  expect(faults.unfired()).toEqual([]);
  faults.clear();
  expect(await world.cycle()).toMatchObject({ health: 'ok' });
  expectInvitedOnce(email);
}, 60_000);

test('stops applying within moments when Timely responds to no write, and the status says so', async () => {
  const { faults, ledger, state } = timely();
  const promoted = ['Carla Mendes', 'Elif Yilmaz', 'Jules Moreau', 'Chen Wei', 'Beatriz Costa'];
  faults.set('unavailable', { operation: 'users.update' });
  for (const name of promoted) microsoft().state.addToGroup(name, 'Timely Managers');
  const since = ledger.last;
  expect(await world.cycle()).toMatchObject({
    health: 'target-down',
    cycleError: {
      message: expect.stringMatching(
        /^\d changes in a row got no response, so applying has stopped.*PUT \/1\.1\/\d+\/users\/\d+ answered 502/,
      ),
    },
  });
  faults.clear();
  expect(await world.cycle()).toMatchObject({ health: 'ok', cycleError: null });
  for (const name of promoted) {
    const email = `${name.toLowerCase().replace(' ', '.')}@contoso.example`;
    expect(state.role(state.byEmail(email)?.role_id ?? 0)?.name).toBe('manager');
  }
  const took = ledger.writes(since).filter(({ status }) => status >= 200 && status < 300);
  expect(took).toHaveLength(promoted.length);
}, 90_000);
