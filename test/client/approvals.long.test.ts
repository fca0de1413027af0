/** Approvals by the command. One tenant whose first invitations need one approval, and the real approval workflows. */
import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ApprovalDetail, ApprovalSummary } from '../../domain/contract/report.ts';
import { commandsFor } from '../support/commands.ts';
import { startWorld, type World } from '../support/world.ts';
import { flat, runCommand, watcherWho } from './run-command.ts';

let world: World;
let commands: ReturnType<typeof commandsFor>;
/** The approval of all invitations. */
let id: string;

beforeAll(async () => {
  world = await startWorld({
    editFile: (text) => text.replace('invitations: { max: 100 }', 'invitations: { max: 5 }'),
  });
  await world.startWorker();
  await world.start();
  commands = commandsFor(world);
  id = (await world.approvals()).find(({ rule }) => rule === 'too-many-invitations')?.id ?? '';
}, 90_000);
afterAll(async () => {
  commands.release();
  await world.close();
});

const addressOf = (name: string) => `${name}@contoso.example`;
const [amelie, bao, carla, chen] = ['amelie.roth', 'bao.nguyen', 'carla.mendes', 'chen.wei'].map(addressOf);
const [henrik, eleanor] = ['henrik.lund', 'eleanor.vance'].map(addressOf);
const approvalOf = async (subject = '') => (await world.approvalOf(subject)).id;

async function rejectedOf(subject = ''): Promise<ApprovalSummary> {
  const found = (await list(world.tenant, '--all')).find(
    ({ state, subjects }) => state === 'rejected' && subjects.includes(subject),
  );
  if (!found) throw new Error(`Nothing about ${subject} was rejected.`);
  return found;
}

const list = async (...words: string[]) => {
  const { document } = await commands.json<{ approvals: ApprovalSummary[] }>('approvals', 'list', ...words);
  return document.approvals;
};
const detail = async () => (await commands.json<ApprovalDetail>('approvals', 'show', id)).document;
/** Decisions about people, by address. */
async function decisions(): Promise<Record<string, string | null>> {
  const { lines } = await detail();
  return Object.fromEntries(lines.map(({ subject, decision }) => [subject, decision]));
}

describe('approvals list', () => {
  test('prints the open approvals of a tenant with the keys of the contract', async () => {
    const approvals = await list(world.tenant);
    expect(approvals.map(({ rule }) => rule)).toContain('sensitive');
    expect(approvals.find((approval) => approval.id === id)).toEqual({
      id,
      tenant: world.tenant,
      rule: 'too-many-invitations',
      state: 'open',
      opened: expect.any(String),
      expires: expect.any(String),
      changes: expect.any(Number),
      subjects: expect.arrayContaining([amelie]),
    });
  });

  test('prints the approvals of all tenants without a tenant', async () => {
    expect(await list()).toEqual(await list(world.tenant));
  });

  test('ends with 1 when the tenant is mistyped', async () => {
    const { exitCode, err } = await runCommand(['approvals', 'list', 'cotnoso']);
    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: expect.stringContaining('There is no tenant cotnoso'),
    });
  });
});

describe('approvals show', () => {
  test('shows every change of an approval', async () => {
    const { out } = await runCommand(['approvals', 'show', id]);
    const { lines, changes } = await detail();
    expect(lines).toHaveLength(changes);
    for (const { subject } of lines) expect(out).toContain(subject);
    expect(flat(out)).toContain('not in Timely → employee');
    expect(lines[0]?.effect?.says).toMatch(/^Invites the person by e-mail as /);
  });

  test('ends with 1 for an unknown approval, and with 2 for a text that is no id', async () => {
    expect((await runCommand(['approvals', 'show', `${world.tenant}/99`])).exitCode).toBe(1);
    const { exitCode, err } = await runCommand(['approvals', 'show', 'nonsense']);
    expect(exitCode).toBe(2);
    expect(err).toContain('contoso/3');
  });
});

describe('approvals approve and reject', () => {
  test('ends with 2 when --only names a stranger, and changes nothing', async () => {
    const before = await detail();
    const wrong = await runCommand(['approvals', 'approve', id, '--only', addressOf('zoe'), '--yes']);
    expect(wrong).toEqual({ exitCode: 2, out: '', err: expect.stringContaining('zoe@contoso.example') });
    expect(await detail()).toEqual(before);
  });

  test('takes --only or --except, not both', async () => {
    const words = ['approvals', 'approve', id, '--yes', '--only', 'a', '--except', 'b'];
    expect((await runCommand(words)).exitCode).toBe(2);
  });

  test('needs --yes without a terminal', async () => {
    const { exitCode, err } = await runCommand(['approvals', 'approve', id]);
    expect(exitCode).toBe(2);
    expect(err).toContain('--yes');
  });

  test('shows the approval, asks on a terminal, and sends nothing after a no', async () => {
    const watcher = watcherWho(false);
    const refused = await runCommand(['approvals', 'reject', id, '--by', 'Lea'], { watcher });
    expect(refused).toMatchObject({ exitCode: 1, out: '' });
    expect(refused.err).toContain(carla);
    expect(watcher.seen).toEqual(['reject all of it, as Lea?']);
    expect(new Set(Object.values(await decisions()))).toEqual(new Set([null]));
  });

  test('--only decides about these people, with name and note in the journal', async () => {
    const before = await detail();
    const words = ['approvals', 'approve', id, '--by', 'Lea', '--note', 'spoke to HR', '--yes', '--json'];
    const { exitCode, out } = await runCommand([...words, '--only', amelie ?? '', bao ?? '']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toEqual({
      id,
      decision: 'approve',
      outcome: expect.any(String),
      decided: 2,
      undecided: before.changes - 2,
    });
    expect(await decisions()).toMatchObject({
      [`${amelie}`]: 'approved',
      [`${bao}`]: 'approved',
      [`${carla}`]: null,
    });
    expect((await detail()).decisions).toMatchObject([
      { by: 'Lea', note: 'spoke to HR', channel: 'command', changes: 2 },
    ]);
  });

  test('--except decides about all others, and signs with the user of the machine', async () => {
    const { exitCode } = await runCommand(['approvals', 'reject', id, '--except', chen ?? '', '--yes']);
    expect(exitCode).toBe(0);
    expect(await decisions()).toMatchObject({
      [`${amelie}`]: 'approved',
      [`${carla}`]: 'rejected',
      [`${chen}`]: null,
    });
    expect((await detail()).decisions.map(({ by }) => by)).toEqual(['Lea', userInfo().username]);
  });

  test('sends the decision after a yes on a terminal, and the people are invited', async () => {
    const henriks = await approvalOf(henrik);
    const agreed = await runCommand(['approvals', 'approve', henriks, '--by', 'Lea'], {
      watcher: watcherWho(true),
    });
    expect(agreed.exitCode).toBe(0);
    await world.cycle();
    expect(world.present()).toEqual(expect.arrayContaining([amelie, bao, henrik]));
    expect(world.present()).not.toContain(carla);
  });

  test('says how an approval ended when the decision comes too late', async () => {
    const eleanors = await approvalOf(eleanor);
    await runCommand([
      ...['approvals', 'reject', eleanors, '--only', `${eleanor}`, '--note', 'not this month', '--yes'],
    ]);
    await world.approvalHandle(eleanors).result();
    const late = await runCommand(['approvals', 'approve', eleanors, '--yes']);
    expect(late).toEqual({
      exitCode: 1,
      out: '',
      err: `timely-sync: ${eleanors} has ended: rejected. Nothing was changed.\n`,
    });
    expect((await list(world.tenant)).map((approval) => approval.id)).not.toContain(eleanors);
    expect((await list(world.tenant, '--all')).map((approval) => approval.id)).toContain(eleanors);
  });

  test('decides several approvals, and tells of the one that fails', async () => {
    const eleanors = (await rejectedOf(eleanor)).id;
    const wrong = await runCommand(['approvals', 'approve', id, 'nonsense', '--yes']);
    expect(wrong.exitCode).toBe(2);
    const words = ['approvals', 'approve', eleanors, id, '--only', 'invite', '--yes', '--json'];
    const { exitCode, out, err } = await runCommand(words);
    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: `timely-sync: ${eleanors} has ended: rejected. Nothing was changed.\n`,
    });
    expect(JSON.parse(out)).toEqual({
      decisions: [expect.objectContaining({ id, decided: 1, undecided: 0 })],
    });
    expect(await decisions()).toMatchObject({ [`${chen}`]: 'approved' });
  });
});

describe('approvals reopen', () => {
  test('asks again at once about what was rejected, and status and why say so before', async () => {
    const eleanors = (await rejectedOf(eleanor)).id;
    await world.cycle();
    const said = `${eleanors} was rejected, and is not asked again before`;
    const askAgain = `timely-sync approvals reopen ${eleanors}`;
    for (const words of [
      ['status', world.tenant],
      ['why', world.tenant, eleanor ?? ''],
      ['approvals', 'list', world.tenant],
      ['approvals', 'show', eleanors],
    ]) {
      const text = flat((await runCommand(words)).out);
      expect(text).toContain(said);
      expect(text).toContain(askAgain);
    }
    const { exitCode, out } = await runCommand([
      'approvals',
      'reopen',
      eleanors,
      '--by',
      'Lea',
      '--yes',
      '--json',
    ]);
    expect({ exitCode, document: JSON.parse(out) }).toEqual({
      exitCode: 0,
      document: { id: eleanors, changes: 1, isAwake: true },
    });
    await world.cycle();
    const again = await world.approvalOf(eleanor ?? '');
    expect(again.id).not.toBe(eleanors);
    expect((await runCommand(['approvals', 'reopen', eleanors])).exitCode).toBe(2);
    const own = await runCommand(['approvals', 'approve', again.id, '--by', `Bo <${eleanor}>`, '--yes']);
    expect(own).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('may not decide about themselves. Another person has to.'),
    });
    await runCommand(['approvals', 'approve', again.id, '--yes']);
    await world.cycle();
    expect(world.present()).toContain(eleanor);
  });
});
