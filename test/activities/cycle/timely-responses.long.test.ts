/**
 * The same events under each bad response of Timely: a joiner, a leaver, a change of role, their teams. The end is always
 * the same. One company without Temporal, turn after turn.
 */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import type { FaultSetting } from '../../../simulators/faults.ts';
import type { TimelyFault } from '../../../simulators/timely/faults.ts';
import { defaultBehaviour, type TimelyBehaviour } from '../../../simulators/timely/objects.ts';
import { type Contoso, openContoso } from '../support/contoso.ts';

let company: Contoso;

beforeAll(async () => {
  company = await openContoso((text) =>
    text
      .replace('removals: { max: 10, percent: 10,', 'removals: { max: 50, percent: 90,')
      .replace('safety:', 'safety:\n  roleChanges: { max: 50, percent: 90 }')
      .replace('timelyRoles: [admin]', 'timelyRoles: []')
      .replace('groups: [Executives]', 'groups: []'),
  );
  await company.cycle();
});
afterEach(async () => {
  company.timely.faults.clear();
  Object.assign(timely().behaviour, defaultBehaviour);
  // Resets the rate, which stays low for long after a 429. Other tests cover its recovery.
  await company.world.services.database.execute(sql`delete from rate_limits`);
});
afterAll(() => company.close());

const addressOf = (name: string) => `${name.toLowerCase().replace(' ', '.')}@contoso.example`;
const timely = () => company.timely.state;
const surnames =
  'Abel Berg Carl Dorn Esch Frank Graf Hahn Iden Jung Kern Lutz Mohr Noll Ott Pohl Quast Rau Seel Thal Uhl Voss Wolf'.split(
    ' ',
  );
let turns = 0;

interface Turn {
  joiner: string;
  leaver: string | null;
  role: string;
}

/** Changes the directory: a joiner, the joiner of the turn before as leaver, and another role for one person. */
function nextTurn(): Turn {
  const { directory } = company;
  const joiner = `Nora ${surnames[turns]}`;
  const leaver = turns === 0 ? null : `Nora ${surnames[turns - 1]}`;
  const role = turns % 2 === 0 ? 'manager' : 'employee';
  turns += 1;
  directory.join({ displayName: joiner, department: 'Design', groups: ['Design Guild'] });
  if (leaver) directory.leave(leaver);
  if (role === 'manager') directory.addToGroup('Bao Nguyen', 'Timely Managers');
  else directory.removeFromGroup('Bao Nguyen', 'Timely Managers');
  return { joiner, leaver, role };
}

/** Returns the writes that took effect: those with a good response, and those whose response was lost. */
function effective(since: number): string[] {
  return company.timely.ledger
    .writes(since)
    .filter(({ status, faults }) => (status >= 200 && status < 300) || faults?.includes('responseLost'))
    .map(({ operation, subject, write }) => `${operation} ${subject} ${JSON.stringify(write)}`);
}

function expectEndOf({ joiner, leaver, role }: Turn, since: number): void {
  expect(company.timely.faults.unfired()).toEqual([]);
  const email = addressOf(joiner);
  expect(company.present()).toContain(email);
  expect(timely().mailsTo(email)).toBe(1);
  if (leaver) expect(company.present()).not.toContain(addressOf(leaver));
  const bao = timely().byEmail('bao.nguyen@contoso.example');
  expect(timely().role(bao?.role_id ?? 0)?.name).toBe(role);
  for (const team of ['Design', 'Design Guild']) expect(company.team(team)).toContain(email);
  const guild = timely().teams.find(({ name }) => name === 'Design Guild');
  const memberRow = (address: string) =>
    guild?.users.find(({ user_id }) => user_id === timely().byEmail(address)?.id);
  expect(memberRow('lena.fischer@contoso.example')).toMatchObject({ lead: true, hide_hours: false });
  expect(memberRow('frida@studio-lang.example')).toMatchObject({ lead: false, hide_hours: true });
  expect(memberRow('tom@baker-illustration.example')).toMatchObject({ lead: false, hide_hours: false });
  const made = effective(since);
  expect(made).toEqual([...new Set(made)]);
}

type SetFault = [name: TimelyFault, setting?: FaultSetting];

test.each<[what: string, faults: SetFault[], behaviour: Partial<TimelyBehaviour>]>([
  ['429 with Retry-After in decimals', [['throttle', { operation: '*', times: 3, retryAfter: 0.3 }]], {}],
  ['429 with a date', [['throttle', { operation: 'users.*', times: 1, retryAfter: 'date' }]], {}],
  ['429 without Retry-After', [['throttle', { operation: 'users.*', times: 1, retryAfter: 'nothing' }]], {}],
  [
    '429 for every write once',
    ['users.invite', 'users.update', 'users.remove', 'teams.update'].map(
      (operation): SetFault => ['throttle', { operation, times: 1, retryAfter: 0.2 }],
    ),
    {},
  ],
  // It ends after three refusals, because each one restarts the read.
  [
    'a rate limit during the read',
    [['rateLimit', { operation: '*.list', perSecond: 2, times: 3, retryAfter: 0.5 }]],
    {},
  ],
  ['slow responses', [['latency', { milliseconds: 150 }]], {}],
  ['cut connections during the read', [['dropConnection', { operation: '*.list', times: 3 }]], {}],
  [
    'a token that expires in the middle, with the other body of a 401',
    [['tokenExpired', { operation: 'users.invite', times: 1 }]],
    { unauthorizedBody: 'error' },
  ],
  [
    'refused invitations of present users',
    [['responseLost', { operation: 'users.invite', times: 1 }]],
    { duplicateEmail: 'refuse' },
  ],
  [
    'a second removal with 200',
    [['responseLost', { operation: 'users.remove', times: 1 }]],
    { secondDelete: 200 },
  ],
  ['small windows, and rows that shift between them', [['rowsShift']], { pageCap: 9 }],
  [
    'teams with the other pair of paging parameters',
    [['responseLost', { operation: 'teams.update', attempt: 2, times: 1 }]],
    { teamPaging: 'page and per_page', pageCap: 4 },
  ],
])('ends right with %s', async (_what, faults, behaviour) => {
  const { timely: simulator } = company;
  // One that did not fire fails its own test, and no other.
  simulator.faults.clear();
  Object.assign(simulator.state.behaviour, behaviour);
  for (const [name, setting] of faults) simulator.faults.set(name, setting);
  const since = simulator.ledger.last;
  const turn = nextTurn();
  await company.cycle({ full: true });
  expectEndOf(turn, since);
});

test('ends right after a gateway responds to many requests with web pages', async () => {
  const { faults, ledger } = company.timely;
  const since = ledger.last;
  faults.set('unavailable', { operation: '*', times: 3 });
  const turn = nextTurn();
  await company.cycle();
  expectEndOf(turn, since);
});

test('repeats an invitation that a gateway swallowed, once Timely certainly lacks it', async () => {
  const { faults, ledger } = company.timely;
  const since = ledger.last;
  for (const operation of ['users.invite', 'users.update', 'users.remove', 'teams.update']) {
    faults.set('unavailable', { operation, times: 1 });
  }
  const turn = nextTurn();
  await company.cycle();
  expectEndOf(turn, since);
});

test('invites no person and creates no team twice when lists are stale and a response is lost', async () => {
  const { directory } = company;
  const { faults, ledger } = company.timely;
  const since = ledger.last;
  faults.set('staleList');
  await company.cycle({ full: true });
  const turn = nextTurn();
  directory.createGroup({ displayName: 'Timely - Aurora' });
  directory.addToGroup('Chen Wei', 'Timely - Aurora');
  faults.set('responseLost', { operation: 'users.invite', times: 1 });
  faults.set('responseLost', { operation: 'teams.create', times: 1 });
  await company.cycle();
  for (let count = 0; count < 3; count += 1) await company.cycle({ full: count > 0 });
  expectEndOf(turn, since);
  faults.clear();
  await company.cycle({ full: true });
  expect(timely().teams.filter(({ name }) => name === 'Aurora')).toHaveLength(1);
  expectEndOf(turn, since);
});

test('holds removals while lists ignore the offset, and invites people', async () => {
  const { state, faults, ledger } = company.timely;
  const since = ledger.last;
  state.behaviour.pageCap = 20;
  faults.set('ignoreOffset');
  const turn = nextTurn();
  await company.cycle({ full: true });
  expect(company.present()).toContain(addressOf(turn.joiner));
  expect(company.present()).toContain(addressOf(turn.leaver ?? ''));
  faults.clear();
  state.behaviour.pageCap = 100;
  // Each cycle reads all of Timely until one read is complete.
  await company.cycle();
  expectEndOf(turn, since);
});

test('fails only the person whom Timely refuses, with a remedy, and does not retry at once', async () => {
  const { faults, ledger } = company.timely;
  faults.set('rejectPerson', { subject: 'jane.refused@contoso.example', fields: { email: ['bounced'] } });
  company.directory.join({ displayName: 'Jane Refused', department: 'Design' });
  const since = ledger.last;
  const turn = nextTurn();
  const { failed } = await company.cycle();
  expectEndOf(turn, since);
  expect(failed).toEqual([
    expect.objectContaining({
      subject: 'jane.refused@contoso.example',
      failure: expect.objectContaining({ class: 'rejected', remedy: expect.stringContaining('e-mail') }),
    }),
  ]);
  await company.cycle({ full: true });
  const writes = ledger.writes(since).filter(({ subject }) => subject === 'jane.refused@contoso.example');
  expect(writes).toHaveLength(1);
});

test('fails a change of role when Timely responds with 200 and keeps the role', async () => {
  const { faults } = company.timely;
  faults.set('roleKept');
  company.directory.addToGroup('Anders Holm', 'Timely Managers');
  const { failed } = await company.cycle();
  expect(faults.unfired()).toEqual([]);
  expect(failed).toContainEqual(
    expect.objectContaining({ change: 'changeRole', subject: 'anders.holm@contoso.example' }),
  );
});

test('has nothing to do after all faults', async () => {
  const { ledger } = company.timely;
  const { directory } = company;
  directory.removeFromGroup('Anders Holm', 'Timely Managers');
  directory.leave('Jane Refused');
  const settled = ledger.last;
  await company.cycle({ full: true });
  expect(ledger.writes(settled)).toEqual([]);
});
