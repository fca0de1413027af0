/** `undo` takes a cycle back on real servers, and pauses the tenant. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { failureTypes } from '../../../domain/errors.ts';
import { nudgeSignal, resumeSignal, tenantWorkflowId, undoUpdate } from '../../../workflows/messages.ts';
import { runBuiltProgram } from '../../support/program.ts';
import { startWorld, until, type World } from '../../support/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await world.startWorker();
  await world.start();
}, 90_000);
afterAll(() => world.close());

const command = (...words: string[]) => runBuiltProgram(words, world.variables);

test('reinstates removed people with role and teams, pauses the tenant, and keeps the journal whole', async () => {
  const { state } = world.sandbox.microsoft;
  const teamsOf = () => world.sandbox.timely.state.teams.map(({ name }) => `${name}: ${world.team(name)}`);
  const before = { present: world.present(), teams: teamsOf() };
  state.change('Grace Hall', { accountEnabled: false });
  const { cycle } = await world.cycle();
  expect(world.present()).not.toContain('grace.hall@contoso.example');

  const undone = await command('undo', world.tenant, String(cycle), '--yes', '--by', 'it-lead', '--json');
  expect({ ...undone, out: '' }).toMatchObject({ exitCode: 0, err: '' });
  expect(JSON.parse(undone.out)).toMatchObject({
    undone: cycle,
    tenants: [{ cycle: { kind: 'undo', counts: { reinstated: 1 } } }],
  });
  expect({ present: world.present(), teams: teamsOf() }).toEqual(before);
  expect(await world.status()).toMatchObject({ paused: true, undoing: null });
  const paused = JSON.parse((await command('status', world.tenant, '--json')).out);
  expect(paused).toMatchObject({ status: { nextCycleAt: null }, paused: { undoes: cycle, by: 'it-lead' } });
  const again = await command('undo', world.tenant, String(cycle), '--yes', '--by', 'it-lead');
  expect(again.exitCode).toBe(2);
  expect(again.err).toContain(`Cycle ${cycle} of ${world.tenant} was taken back by cycle`);

  await world.client.workflow.getHandle(tenantWorkflowId(world.tenant)).signal(resumeSignal);
  await until(
    'the next cycle, which does as the directory says',
    async () => !world.present().includes('grace.hall@contoso.example') || null,
  );

  const verified = await command('history', world.tenant, '--verify', '--json');
  expect(verified.exitCode).toBe(0);
  expect(JSON.parse(verified.out)).toMatchObject({ whole: true });
  const history = await command('history', world.tenant, '--person', 'grace.hall@contoso.example', '--json');
  const kinds = (JSON.parse(history.out) as { entries: { kind: string }[] }).entries.map(({ kind }) => kind);
  expect(kinds.slice(0, 3)).toEqual(['remove', 'reinstate', 'remove']);
});

test('finishes an undo despite other events, and refuses a second undo meanwhile', async () => {
  const { state } = world.sandbox.microsoft;
  const { faults } = world.sandbox.timely;
  const idle = await world.status();
  // A low rate, so that some changes have not begun when the other events come.
  await world.configure((text) =>
    text
      .replace('requestsPerSecond: 50', 'requestsPerSecond: 5')
      .replace('removals: { max: 10, percent: 10', 'removals: { max: 100, percent: 100'),
  );
  await world.untilCycle(idle.cycle);
  const before = world.present();
  const leavers = before.filter((email) => email.endsWith('@contoso.example')).slice(0, 8);
  for (const email of leavers) state.change(email, { accountEnabled: false });
  const { cycle } = await world.cycle();
  expect(world.present()).toHaveLength(before.length - leavers.length);

  faults.set('latency', { operation: 'users.invite', milliseconds: 3_000 });
  const handle = world.client.workflow.getHandle(tenantWorkflowId(world.tenant));
  await handle.executeUpdate(undoUpdate, { args: [{ cycle, by: 'it-lead' }] });
  await until('the undo to apply', async () => (await world.status()).stage === 'applying' || null);
  await handle.signal(nudgeSignal, {});
  const other = handle.executeUpdate(undoUpdate, { args: [{ cycle: 1, by: 'it-lead' }] });
  await expect(other).rejects.toMatchObject({
    cause: {
      type: failureTypes.wrongUse,
      message: `Cycle ${cycle} of ${world.tenant} is being undone: undo cycle 1 when that is done.`,
    },
  });
  await until('the end of the undo', async () => (await world.status()).undoing === null || null);
  expect(world.present()).toEqual(before);
  expect(await world.status()).toMatchObject({ paused: true, undoing: null });
  faults.clear();
}, 90_000);

test('refuses an unknown cycle with a sentence', async () => {
  const refused = await command('undo', world.tenant, '999', '--yes', '--by', 'it-lead');
  expect(refused.exitCode).not.toBe(0);
  expect(refused.err).toContain('has no cycle 999');
});
