/** People join, leave and move, and approvals are decided. One running tenant; each test continues from the last one. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  approveSignal,
  type DecisionPayload,
  decideUpdate,
  rejectSignal,
} from '../../../workflows/messages.ts';
import { startWorld, until, type World } from '../../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.startWorker();
  await world.start();
}, 90_000);
afterAll(() => world.close());

const mails = (email: string) => world.sandbox.timely.state.mailsTo(email);

const handleAbout = async (subject: string) => world.approvalHandle((await world.approvalOf(subject)).id);

test('invites a joiner once, into the right teams', async () => {
  world.sandbox.microsoft.state.join({
    displayName: 'Nora Winter',
    department: 'Design',
    groups: ['Timely Users', 'Design Guild'],
  });
  await world.cycle();
  expect(world.present()).toContain('nora.winter@contoso.example');
  expect(mails('nora.winter@contoso.example')).toBe(1);
  expect(world.team('Design')).toContain('nora.winter@contoso.example');
  expect(world.team('Design Guild')).toContain('nora.winter@contoso.example');
});

test('removes people who are disabled, deleted, or taken out of the group', async () => {
  const { state } = world.sandbox.microsoft;
  state.change('Grace Hall', { accountEnabled: false });
  state.leave('Umar Farouk');
  state.removeFromGroup('Edgar Simon', 'Finance Leads');
  await world.cycle();
  for (const gone of ['grace.hall', 'umar.farouk', 'edgar.simon']) {
    expect(world.present()).not.toContain(`${gone}@contoso.example`);
  }
  expect(world.team('Design Guild')).toContain('frida@studio-lang.example');
});

test('moves a person between teams on a change of department, and changes no other member', async () => {
  const { state } = world.sandbox.microsoft;
  const before = world.sandbox.timely.state.teams.find(({ name }) => name === 'Design Guild')?.users;
  state.change('Hana Sato', { department: 'Engineering' });
  await world.cycle();
  expect(world.team('Design')).not.toContain('hana.sato@contoso.example');
  expect(world.team('Engineering')).toContain('hana.sato@contoso.example');
  expect(world.sandbox.timely.state.teams.find(({ name }) => name === 'Design Guild')?.users).toEqual(before);
});

test('holds a sensitive account, and invites it after an approval by Update', async () => {
  expect(mails('henrik.lund@contoso.example')).toBe(0);
  const handle = await handleAbout('henrik.lund@contoso.example');
  const decision = await handle.executeUpdate(decideUpdate, {
    args: [{ decision: 'approve', by: 'it-lead@contoso.example', note: 'known to me' }],
  });
  expect(decision).toMatchObject({ decided: 1, undecided: 0 });
  await until(
    'Henrik in Timely',
    async () => world.present().includes('henrik.lund@contoso.example') || null,
  );
  expect(mails('henrik.lund@contoso.example')).toBe(1);
});

test('invites a sensitive account after an approval by Signal', async () => {
  const handle = await handleAbout('eleanor.vance@contoso.example');
  await handle.signal(approveSignal, { by: 'it-lead@contoso.example' });
  await until(
    'Eleanor in Timely',
    async () => world.present().includes('eleanor.vance@contoso.example') || null,
  );
  expect(mails('eleanor.vance@contoso.example')).toBe(1);
});

test('refuses an invalid decision with a sentence, and changes nothing', async () => {
  const handle = await handleAbout('malik.stone@private-mail.example');
  const refusal = async (input: unknown) =>
    await handle.executeUpdate('decide', { args: [input] }).then(
      () => 'accepted',
      (error: Error & { cause?: Error }) => error.cause?.message ?? error.message,
    );
  expect(await refusal({ decision: 'maybe', by: 'x' })).toContain('"decision"');
  expect(await refusal({ decision: 'approve' })).toContain('"by"');
  expect(await refusal({ decision: 'approve', by: 'x', only: ['nobody@contoso.example'] })).toContain(
    'nobody@',
  );
  // A signal gets no response: the workflow records it and changes nothing.
  await handle.signal(approveSignal, { by: '' } satisfies DecisionPayload);
  expect(await world.approvalOf('malik.stone@private-mail.example')).toMatchObject({ state: 'open' });
});

test('keeps a rejected account out, without another approval', async () => {
  const handle = await handleAbout('malik.stone@private-mail.example');
  await handle.signal(rejectSignal, { by: 'it-lead@contoso.example', note: 'not one of theirs' });
  await handle.result();
  await world.cycle();
  await world.cycle({ full: true });
  expect(world.present()).not.toContain('malik.stone@private-mail.example');
  expect((await world.approvals()).flatMap(({ subjects }) => subjects)).not.toContain(
    'malik.stone@private-mail.example',
  );
});

test('opens a new approval when a change differs from the one that was shown', async () => {
  const { state } = world.sandbox.microsoft;
  state.join({ displayName: 'Rex Stern', department: 'Finance', groups: ['Timely Users', 'Executives'] });
  await world.cycle();
  const first = await world.approvalOf('rex.stern@contoso.example');
  state.addToGroup('Rex Stern', 'Timely Managers');
  await world.cycle();
  const second = await world.approvalOf('rex.stern@contoso.example');
  expect(second.id).not.toBe(first.id);
  await expect(
    world
      .approvalHandle(first.id)
      .executeUpdate(decideUpdate, { args: [{ decision: 'approve', by: 'late@contoso.example' }] }),
  ).rejects.toThrow();
  await world.cycle();
  expect(world.present()).not.toContain('rex.stern@contoso.example');
});

test('reinstates a person who returns as the same Timely user', async () => {
  const { state } = world.sandbox.microsoft;
  const before = world.sandbox.timely.state.byEmail('grace.hall@contoso.example')?.id;
  state.change('Grace Hall', { accountEnabled: true });
  await world.cycle();
  expect(world.present()).toContain('grace.hall@contoso.example');
  expect(world.sandbox.timely.state.byEmail('grace.hall@contoso.example')?.id).toBe(before);
});

test('reinstates the Timely user of a rehire with a new account, who later leaves teams as usual', async () => {
  const { state } = world.sandbox.microsoft;
  const before = world.sandbox.timely.state.byEmail('tara.singh@contoso.example')?.id;
  state.purge('Tara Singh');
  await world.cycle();
  expect(world.present()).not.toContain('tara.singh@contoso.example');
  state.join({ displayName: 'Tara Singh', department: 'Engineering' });
  await world.cycle();
  await world.cycle();
  expect(world.present()).toContain('tara.singh@contoso.example');
  expect(world.sandbox.timely.state.byEmail('tara.singh@contoso.example')?.id).toBe(before);
  expect(world.team('Engineering')).toContain('tara.singh@contoso.example');
  state.change('Tara Singh', { department: 'Design' });
  await world.cycle();
  expect(world.team('Engineering')).not.toContain('tara.singh@contoso.example');
});

test('leaves a person alone who was invited by hand', async () => {
  const { state } = world.sandbox.timely;
  state.invite('Gast Hand', 'gast@elsewhere.example', { role_id: state.roleNamed('employee')?.id ?? 0 });
  const writes = world.writes().length;
  await world.cycle();
  expect(world.present()).toContain('gast@elsewhere.example');
  expect(world.writes().slice(writes)).toEqual([]);
});

test('sent no person a second mail', () => {
  const perPerson = world.sandbox.timely.state.mails
    .filter(({ kind }) => kind !== 'reinstatement')
    .map(({ email }) => email);
  expect(perPerson.length).toBe(new Set(perPerson).size);
});
