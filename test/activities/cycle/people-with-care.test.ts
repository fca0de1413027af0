/**
 * People who need care: two with one address, swapped addresses, the owner, the sync's own user and the last admin out of
 * scope, and edits by hand in Timely. One company, cycle after cycle.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { reportLines } from '../../../store/query/cycle-reports.ts';
import { type Contoso, openContoso } from '../support/contoso.ts';
import type { SandboxCycle } from '../support/sandbox-cycle.ts';

let company: Contoso;
let last: SandboxCycle;

beforeAll(async () => {
  // No person is protected by name, so only their part in Timely protects them.
  company = await openContoso((text) =>
    text
      .replace('protect: [owner@contoso.example]', 'protect: []')
      .replace('removedInTimely: ask', 'removedInTimely: restore'),
  );
  await cycle();
});
afterAll(() => company.close());

async function cycle(options?: { full?: boolean }): Promise<SandboxCycle> {
  last = await company.cycle(options);
  return last;
}

/** Approves what the last cycle held, and runs another. */
async function approveAll(): Promise<void> {
  await company.approveHeld(last);
  await cycle();
}

async function refused({ key }: SandboxCycle): Promise<string[]> {
  const where = {
    tenant: key.tenant,
    cycle: key.cycle,
    statuses: ['refused' as const],
    after: 0,
    limit: 100,
  };
  const { items } = await reportLines(company.world.services.database, where);
  return items.map(({ change, refusal }) => `${change}: ${refusal?.rule}`).sort();
}

const directory = () => company.directory;
const timely = () => company.timely.state;
const writesSince = (since: number) => company.timely.ledger.writes(since);
const addressOf = (name: string) => `${name.toLowerCase().replace(' ', '.')}@contoso.example`;
const roleId = (name: string) => timely().roleNamed(name)?.id ?? 0;
const roleOf = (email: string) => timely().role(userOf(email).role_id)?.name;

function userOf(email: string) {
  const user = timely().byEmail(email);
  if (!user) throw new Error(`Timely does not know ${email}.`);
  return user;
}

function teamNamed(name: string) {
  const team = timely().teams.find((candidate) => candidate.name === name);
  if (!team) throw new Error(`Timely has no team ${name}.`);
  return team;
}

test('holds two people in scope with one address, even with a user of that address', async () => {
  const byHand = timely().addActive('Front Desk', 'front.desk@contoso.example', 'employee');
  const writes = company.timely.ledger.last;
  await cycle();
  expect(writesSince(writes)).toEqual([]);
  expect(byHand.external_id).toBeNull();
});

test('holds a joiner with the address of a present person', async () => {
  const hana = userOf(addressOf('Hana Sato'));
  const before = structuredClone(hana);
  const groups = ['Timely Managers'];
  directory().join({ displayName: 'Hanna Sato', mail: hana.email, department: 'Design', groups });
  await cycle();
  expect(userOf(hana.email)).toEqual(before);
  directory().leave('Hanna Sato');
  await cycle();
  expect(userOf(hana.email)).toEqual(before);
  expect(timely().mailsTo(hana.email)).toBe(1);
});

test('keeps the Timely users of two people with swapped addresses, and reports them', async () => {
  const [anders, beatriz] = [addressOf('Anders Holm'), addressOf('Beatriz Costa')];
  const before = structuredClone([userOf(anders), userOf(beatriz)]);
  const teams = structuredClone(timely().teams);
  directory().change('Anders Holm', { mail: beatriz });
  directory().change('Beatriz Costa', { mail: anders });
  const writes = company.timely.ledger.last;
  const { findings } = await cycle({ full: true });
  expect(writesSince(writes)).toEqual([]);
  expect([userOf(anders), userOf(beatriz)]).toEqual(before);
  expect(timely().teams).toEqual(teams);
  expect(findings).toEqual(expect.arrayContaining([`cannot-change ${anders}`, `cannot-change ${beatriz}`]));
});

test('removes and reinstates one of two people with swapped addresses, and keeps the other', async () => {
  const [anders, beatriz] = [addressOf('Anders Holm'), addressOf('Beatriz Costa')];
  const { id, external_id } = userOf(anders);
  directory().change('Anders Holm', { accountEnabled: false });
  await cycle();
  expect(company.present()).not.toContain(anders);
  expect(company.present()).toContain(beatriz);
  directory().change('Anders Holm', { accountEnabled: true });
  await cycle();
  expect(userOf(anders)).toMatchObject({ id, external_id, deleted: false });
  directory().change('Anders Holm', { mail: anders });
  directory().change('Beatriz Costa', { mail: beatriz });
  const writes = company.timely.ledger.last;
  await cycle();
  expect(writesSince(writes)).toEqual([]);
  expect([timely().mailsTo(anders), timely().mailsTo(beatriz)]).toEqual([1, 1]);
});

test('reinstates a person with a new address as the same Timely user', async () => {
  const chen = userOf(addressOf('Chen Wei'));
  directory().change('Chen Wei', { accountEnabled: false });
  await cycle();
  expect(chen.deleted).toBe(true);
  directory().change('Chen Wei', { accountEnabled: true, mail: 'wei.chen@contoso.example' });
  await cycle();
  expect(chen.deleted).toBe(false);
  expect(timely().byEmail('wei.chen@contoso.example')).toBeUndefined();
});

const kept = { 'Olivia Owens': 'owner@contoso.example', 'Priya Natarajan': addressOf('Priya Natarajan') };

test('links the owner and the own user in scope', async () => {
  directory().join({
    displayName: 'Olivia Owens',
    mail: kept['Olivia Owens'],
    department: 'Engineering',
    groups: ['Timely Admins'],
  });
  await cycle();
  await approveAll();
  expect(userOf(kept['Olivia Owens']).email).toBe(kept['Olivia Owens']);
  // The sync still uses Olivia's access, but Priya owns the account now.
  timely().account.owner_id = userOf(kept['Priya Natarajan']).id;
});

const waysOut: [way: string, change: string, goOut: (name: string) => void][] = [
  ['demoted', 'changeRole', (name) => directory().removeFromGroup(name, 'Timely Admins')],
  ['disabled', 'remove', (name) => directory().change(name, { accountEnabled: false })],
  [
    'out of scope',
    'remove',
    (name) => directory().change(name, { accountEnabled: true, department: 'Elsewhere' }),
  ],
  ['deleted', 'remove', (name) => directory().leave(name)],
];

test.each(waysOut)(
  'keeps the owner and the own user as admins when they are %s',
  async (_way, change, goOut) => {
    for (const name of Object.keys(kept)) goOut(name);
    expect(await refused(await cycle())).toEqual([`${change}: own-user`, `${change}: owner`]);
    await approveAll();
    for (const email of Object.values(kept)) {
      expect(userOf(email).deleted).toBe(false);
      expect(roleOf(email)).toBe('admin');
    }
  },
);

test('keeps the own user as an admin when it is the last one', async () => {
  timely().update(userOf(kept['Priya Natarajan']), { role_id: roleId('manager') });
  for (const user of timely().present) {
    if (user.email !== kept['Olivia Owens'] && user.role_id === roleId('admin')) {
      timely().update(user, { role_id: roleId('employee') });
    }
  }
  expect(await refused(await cycle({ full: true }))).toEqual(['remove: own-user', 'remove: owner']);
  await approveAll();
  expect(userOf(kept['Olivia Owens']).deleted).toBe(false);
  expect(roleOf(kept['Olivia Owens'])).toBe('admin');
});

test('reverts edits by hand in Timely, and reports them', async () => {
  const [finance, guild] = [teamNamed('Finance'), teamNamed('Design Guild')];
  const [agnes, bao] = [userOf(addressOf('Agnes Keller')), userOf(addressOf('Bao Nguyen'))];
  const gabriel = userOf(addressOf('Gabriel Stein'));
  timely().update(agnes, { role_id: roleId('employee') });
  const row = { id: 1, user_id: gabriel.id, lead: true, hide_hours: true };
  guild.users = [...guild.users.filter(({ user_id }) => user_id !== bao.id), row];
  finance.name = 'Money';
  timely().deleteTeam(teamNamed('Gemini'));
  timely().remove(userOf(addressOf('Emeka Obi')));
  const { ledger } = company.timely;
  const since = ledger.last;

  const { findings } = await cycle({ full: true });
  expect(findings).toEqual(
    expect.arrayContaining([
      'member-added-by-hand Design Guild',
      'member-removed-by-hand Design Guild',
      `removed-in-timely ${addressOf('Emeka Obi')}`,
      `role-changed-by-hand ${agnes.email}`,
      'team-deleted-by-hand Gemini',
      'team-renamed-by-hand Finance',
    ]),
  );
  expect(roleOf(agnes.email)).toBe('manager');
  expect(company.team('Design Guild')).toEqual(expect.arrayContaining([bao.email, gabriel.email]));
  expect(guild.users.find(({ id }) => id === row.id)).toEqual(row);
  expect(finance.name).toBe('Finance');
  expect(company.team('Gemini')).toContain(addressOf('Daniel Okafor'));
  expect(company.present()).toContain(addressOf('Emeka Obi'));
  const made = ledger.writes(since).map(({ operation, subject }) => `${operation} ${subject}`);
  expect(made).toEqual([...new Set(made)]);

  const settled = ledger.last;
  const after = await cycle({ full: true });
  expect(ledger.writes(settled)).toEqual([]);
  const reported = after.findings.filter((finding) => finding.includes('by-hand'));
  expect(reported).toEqual(['member-added-by-hand Design Guild']);
});

test('sent no person a second mail', () => {
  const mailed = timely()
    .mails.filter(({ kind }) => kind !== 'reinstatement')
    .map(({ email }) => email);
  expect(mailed.length).toBe(new Set(mailed).size);
});
