/** Somebody botches the group behind a company of 1,000; each test begins where the last one ended, until it is repaired. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  approvalWorkflowId,
  decideUpdate,
  parseApprovalId,
  rejectSignal,
} from '../../../workflows/messages.ts';
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

/** Numbers in letters, since Timely takes no digits in names. */
const nameOf = (number: number): string =>
  `Person ${[...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('')}`;
const addressOf = (name: string): string => `${name.toLowerCase().replace(' ', '.')}@contoso.example`;
const namesOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, place) => nameOf(from + place));
const addressesOf = (from: number, to: number) => namesOf(from, to).map(addressOf);

/** By their place in the company: who is approved, who is rejected, about whom nobody answers, who is lost later on. */
const approved = addressesOf(0, third);
const rejected = addressesOf(third, 2 * third);
const late = { from: lost, to: lost + 30 };
const executive = nameOf(late.from + 7);
const company = addressesOf(0, people);
const owner = 'owner@contoso.example';

const newcomers: string[] = [];
let request = '';

/** Somebody new joins, whom the next cycle has to invite whatever else waits. */
function join(name: string): void {
  world.sandbox.microsoft.state.join({ displayName: name, groups: ['Timely Users'] });
  newcomers.push(addressOf(name));
}

/** Who was removed and who was invited since, by the requests that Timely has had. */
function peopleWritten(since: number): { removed: string[]; invited: string[] } {
  const writes = world.sandbox.timely.ledger.writes(since);
  const subjects = (operation: string) =>
    writes.filter((entry) => entry.operation === operation).map(({ subject }) => String(subject));
  return { removed: subjects('users.remove').sort(), invited: subjects('users.invite').sort() };
}

const ledgerNow = () => world.sandbox.timely.ledger.last;
const handleOf = (id: string) =>
  world.client.workflow.getHandle(approvalWorkflowId(world.tenant, parseApprovalId(id)?.approval ?? 0));
/** Those of some addresses of the company who are in a department. */
const inDepartment = (department: string, addresses: readonly string[]) =>
  addresses.filter((address) => departmentOf(company.indexOf(address)) === department).sort();
const everybodyBut = (gone: readonly string[]) => {
  const out = new Set(gone);
  return [owner, ...company, ...newcomers].filter((address) => !out.has(address)).sort();
};

test('400 of 1,000 gone from their group are held as one request, and newcomers are invited', async () => {
  expect(world.present()).toEqual(everybodyBut([]));
  const since = ledgerNow();
  for (const name of namesOf(0, lost)) world.sandbox.microsoft.state.removeFromGroup(name, 'Timely Users');
  join('Nora Winter');
  await world.cycle();
  expect(peopleWritten(since)).toEqual({ removed: [], invited: newcomers });
  const open = await world.approvals();
  expect(open).toMatchObject([{ rule: 'too-many-removals', state: 'open', changes: lost }]);
  request = open[0]?.id ?? '';
  expect(world.present()).toEqual(everybodyBut([]));
  expect(world.team('Field Service')).toEqual(inDepartment('Field Service', company));
});

test('a third is approved: exactly those are removed, while newcomers are invited', async () => {
  const since = ledgerNow();
  join('Otto Sommer');
  const answer = await handleOf(request).executeUpdate(decideUpdate, {
    args: [{ decision: 'approve', by: 'it-lead@contoso.example', only: approved }],
  });
  expect(answer).toMatchObject({ decided: third, undecided: lost - third });
  await until('the third to be out', async () =>
    world.present().length === 2 + people - third + 1 ? true : null,
  );
  await world.cycle();
  expect(peopleWritten(since)).toEqual({
    removed: approved.toSorted(),
    invited: ['otto.sommer@contoso.example'],
  });
  expect(world.present()).toEqual(everybodyBut(approved));
  expect(world.team('Field Service')).toEqual(inDepartment('Field Service', company.slice(third)));
});

test('a third is rejected, a third expires: nobody else is removed, nor is anybody asked again', async () => {
  const since = ledgerNow();
  await handleOf(request).signal(rejectSignal, { by: 'it-lead@contoso.example', only: rejected });
  join('Pia Herbst');
  expect(await handleOf(request).result()).toEqual({ state: 'expired' });
  await world.cycle({ full: true });
  expect(peopleWritten(since)).toEqual({ removed: [], invited: ['pia.herbst@contoso.example'] });
  expect(await world.approvals()).toEqual([]);
  expect(world.present()).toEqual(everybodyBut(approved));
});

test('more who go are asked about by themselves, the executive among them alone', async () => {
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

test('the repaired group ends all requests, and whoever was removed is taken back', async () => {
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
  for (const { id } of open) expect(await handleOf(id).result()).toEqual({ state: 'ended by itself' });
  expect(await world.approvals()).toEqual([]);
  expect(await world.status()).toMatchObject({ health: 'ok', cycleError: null });

  const { state } = world.sandbox.timely;
  expect(world.present()).toEqual(everybodyBut([]));
  expect(state.removed).toEqual([]);
  for (const department of ['Field Service', 'Logistics'])
    expect(world.team(department)).toEqual(inDepartment(department, company));
  const mails = (kind: string) => state.mails.filter((mail) => mail.kind === kind).map(({ email }) => email);
  expect(mails('reinstatement').sort()).toEqual(approved.toSorted());
  expect(mails('invitation').sort()).toEqual(newcomers.toSorted());
  expect(mails('repeated invitation')).toEqual([]);
});
