/** 400 of 1,000 people lose their group until it is repaired. Each test continues from the last one. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decideUpdate, rejectSignal } from '../../../workflows/messages.ts';
import { startWorld, until, type World } from '../../support/world.ts';

const people = 1_000;
const lost = 400;
const third = Math.round(lost / 3);

let world: World;

beforeAll(async () => {
  world = await startWorld({
    company: (microsoft, timely) => {
      for (const name of groups) microsoft.createGroup({ displayName: name });
      for (const number of Array(people).keys()) {
        const name = nameOf(number);
        const { properties } = microsoft.join({
          displayName: name,
          department: departmentOf(number),
          groups: ['Timely Users'],
        });
        timely.addActive(name, String(properties.mail), 'employee');
      }
    },
    editFile: (text) =>
      text
        .replace('requestsPerSecond: 50', 'requestsPerSecond: 1000')
        .replace('invitations: { max: 100 }', 'invitations: { max: 2000 }')
        .replace('expireAfter: 7d', 'expireAfter: 30s'),
  });
  await world.startWorker();
  await world.start(150_000);
}, 180_000);
afterAll(() => world.close());

const groups = [
  'Timely Users',
  'Timely Managers',
  'Timely Admins',
  'Executives',
  'Design Guild',
  'Not in Timely',
];

const departmentOf = (number: number) => (number % 2 === 0 ? 'Field Service' : 'Logistics');

/** Returns a name with a number in letters, because Timely takes no digits in names. */
const nameOf = (number: number): string =>
  `Person ${[...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('')}`;
const addressOf = (name: string): string => `${name.toLowerCase().replace(' ', '.')}@contoso.example`;
const namesOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, place) => nameOf(from + place));
const addressesOf = (from: number, to: number) => namesOf(from, to).map(addressOf);

/** People by their position in the company: approved, rejected, and lost later. The rest of the first 400 expires. */
const approved = addressesOf(0, third);
const rejected = addressesOf(third, 2 * third);
const late = { from: lost, to: lost + 30 };
const executive = nameOf(late.from + 7);
const company = addressesOf(0, people);
const owner = 'owner@contoso.example';

const newcomers: string[] = [];
let approvalId = '';

/** Adds a joiner, whom the next cycle has to invite even while removals are held. */
function join(name: string): void {
  world.sandbox.microsoft.state.join({ displayName: name, groups: ['Timely Users'] });
  newcomers.push(addressOf(name));
}

/** Returns the people removed and invited since an entry of Timely's ledger. */
function peopleWritten(since: number): { removed: string[]; invited: string[] } {
  const writes = world.sandbox.timely.ledger.writes(since);
  const subjects = (operation: string) =>
    writes.filter((entry) => entry.operation === operation).map(({ subject }) => String(subject));
  return { removed: subjects('users.remove').sort(), invited: subjects('users.invite').sort() };
}

const ledgerNow = () => world.sandbox.timely.ledger.last;
/** Returns the addresses that are in a department. */
const inDepartment = (department: string, addresses: readonly string[]) =>
  addresses.filter((address) => departmentOf(company.indexOf(address)) === department).sort();
const allBut = (gone: readonly string[]) => {
  const out = new Set(gone);
  return [owner, ...company, ...newcomers].filter((address) => !out.has(address)).sort();
};

test('holds 400 removals as one approval, and invites newcomers', async () => {
  expect(world.present()).toEqual(allBut([]));
  const since = ledgerNow();
  for (const name of namesOf(0, lost)) world.sandbox.microsoft.state.removeFromGroup(name, 'Timely Users');
  join('Nora Winter');
  await world.cycle();
  expect(peopleWritten(since)).toEqual({ removed: [], invited: newcomers });
  const open = await world.approvals();
  expect(open).toMatchObject([{ rule: 'too-many-removals', state: 'open', changes: lost }]);
  approvalId = open[0]?.id ?? '';
  expect(world.present()).toEqual(allBut([]));
  expect(world.team('Field Service')).toEqual(inDepartment('Field Service', company));
});

test('removes exactly the approved third, and invites newcomers', async () => {
  const since = ledgerNow();
  join('Otto Sommer');
  const decision = await world.approvalHandle(approvalId).executeUpdate(decideUpdate, {
    args: [{ decision: 'approve', by: 'it-lead@contoso.example', only: approved }],
  });
  expect(decision).toMatchObject({ decided: third, undecided: lost - third });
  await until('the third to be out', async () =>
    world.present().length === 2 + people - third + 1 ? true : null,
  );
  await world.cycle();
  expect(peopleWritten(since)).toEqual({
    removed: approved.toSorted(),
    invited: ['otto.sommer@contoso.example'],
  });
  expect(world.present()).toEqual(allBut(approved));
  expect(world.team('Field Service')).toEqual(inDepartment('Field Service', company.slice(third)));
});

test('removes no rejected or expired third, and opens no new approval', async () => {
  const since = ledgerNow();
  await world
    .approvalHandle(approvalId)
    .signal(rejectSignal, { by: 'it-lead@contoso.example', only: rejected });
  join('Pia Herbst');
  expect(await world.approvalHandle(approvalId).result()).toEqual({ state: 'expired' });
  await world.cycle({ full: true });
  expect(peopleWritten(since)).toEqual({ removed: [], invited: ['pia.herbst@contoso.example'] });
  expect(await world.approvals()).toEqual([]);
  expect(world.present()).toEqual(allBut(approved));
});

test('opens an approval for later leavers, and another for the executive among them', async () => {
  await world.configure((text) => text.replace('expireAfter: 30s', 'expireAfter: 7d'));
  const since = ledgerNow();
  world.sandbox.microsoft.state.addToGroup(executive, 'Executives');
  for (const name of namesOf(late.from, late.to))
    world.sandbox.microsoft.state.removeFromGroup(name, 'Timely Users');
  join('Rex Stern');
  await world.cycle();
  expect(peopleWritten(since)).toEqual({ removed: [], invited: ['rex.stern@contoso.example'] });
  const open = await world.approvals();
  expect(open.map(({ rule, changes }) => ({ rule, changes }))).toEqual(
    expect.arrayContaining([
      { rule: 'too-many-removals', changes: late.to - late.from - 1 },
      { rule: 'sensitive', changes: 1 },
    ]),
  );
  expect(open.length).toBe(2);
});

test('ends all approvals and reinstates the removed people with the repaired group', async () => {
  const open = await world.approvals();
  const since = ledgerNow();
  for (const name of namesOf(0, late.to)) world.sandbox.microsoft.state.addToGroup(name, 'Timely Users');
  join('Sven Lind');
  await world.cycle();
  await world.cycle({ full: true });
  const { removed, invited } = peopleWritten(since);
  expect({ removed, invited }).toEqual({
    removed: [],
    invited: [...approved, 'sven.lind@contoso.example'].sort(),
  });
  for (const { id } of open)
    expect(await world.approvalHandle(id).result()).toEqual({ state: 'ended by itself' });
  expect(await world.approvals()).toEqual([]);
  expect(await world.status()).toMatchObject({ health: 'ok', cycleError: null });

  const { state } = world.sandbox.timely;
  expect(world.present()).toEqual(allBut([]));
  expect(state.removed).toEqual([]);
  for (const department of ['Field Service', 'Logistics'])
    expect(world.team(department)).toEqual(inDepartment(department, company));
  const mails = (kind: string) => state.mails.filter((mail) => mail.kind === kind).map(({ email }) => email);
  expect(mails('reinstatement').sort()).toEqual(approved.toSorted());
  expect(mails('invitation').sort()).toEqual(newcomers.toSorted());
  expect(mails('repeated invitation')).toEqual([]);
});
