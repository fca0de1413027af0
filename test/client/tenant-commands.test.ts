import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CheckLine, CheckState } from '../../domain/contract/check.ts';
import type { PlanLine } from '../../domain/contract/preview.ts';
import { statusQuery, tenantWorkflowId } from '../../workflows/messages.ts';
import { until } from '../support/world.ts';
import { runCommand, type StandIn, startStandIn, watcherWho } from './stand-in.ts';
import { reportLine } from './stand-in-store.ts';

let standIn: StandIn;
let folder: string;

beforeAll(async () => {
  [standIn, folder] = await Promise.all([startStandIn(), mkdtemp(join(tmpdir(), 'timely-sync-'))]);
});
afterAll(async () => {
  await standIn.stop();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  standIn.store.refusal = null;
});

const statusOf = (tenant: string) =>
  standIn.environment.client.workflow.getHandle(tenantWorkflowId(tenant)).query(statusQuery);

async function tenantFile(tenant: string, lines: string[] = []): Promise<string> {
  const fileName = join(folder, `${tenant}.yaml`);
  const id = '8f0c2a4e-1111-4222-8333-444455556666';
  const text = [
    `tenant: ${tenant}`,
    `source: {type: entra, tenantId: ${id}, clientId: ${id}, credential: {secret: env:SECRET}}`,
    'target: {type: timely, accountId: 7, application: {clientId: env:ID, clientSecret: env:TIMELY_SECRET}}',
    'scope: {include: [{group: Timely Users}]}',
    'roles: {default: employee}',
    ...lines,
  ];
  await writeFile(fileName, text.join('\n'));
  return fileName;
}

async function started(tenant: string): Promise<void> {
  const { exitCode, err } = await runCommand(['start', await tenantFile(tenant)]);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
}

describe('start', () => {
  test('starts the loop with the file, secrets as references', async () => {
    await started('fresh');
    expect(standIn.store.files.at(-1)).toMatchObject({
      tenant: 'fresh',
      source: { credential: { secret: 'env:SECRET' } },
    });
    expect((await statusOf('fresh')).configurationVersion).toBe(1);
  });

  test('gives the running loop its new configuration the second time', async () => {
    await started('twice');
    const again = await runCommand(['start', await tenantFile('twice'), '--json']);
    expect(again.exitCode).toBe(0);
    expect(JSON.parse(again.out)).toEqual({ tenant: 'twice', version: 2, changed: true });
  });

  test('says which key of an invalid file is wrong and ends with 2', async () => {
    const file = await tenantFile('broken', ['schedule: {every: often}']);
    const { exitCode, out, err } = await runCommand(['start', file, '--json']);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain('schedule.every');
    expect(err).not.toContain('    at ');
  });

  test('ends with 2 when the worker refuses the configuration', async () => {
    standIn.store.refusal = 'The secret env:SECRET is not set at the worker.';
    const { exitCode, err } = await runCommand(['start', await tenantFile('refused')]);
    expect({ exitCode, err }).toEqual({
      exitCode: 2,
      err: 'timely-sync: The secret env:SECRET is not set at the worker.\n',
    });
  });

  test('ends with 2 when there is no such file', async () => {
    const { exitCode, err } = await runCommand(['start', join(folder, 'absent.yaml')]);
    expect(exitCode).toBe(2);
    expect(err).toContain('absent.yaml cannot be read (ENOENT');
  });
});

describe('check', () => {
  const line = (state: CheckState): CheckLine => ({
    side: 'timely',
    name: 'seats',
    state,
    message: `It is ${state}.`,
    remedy: state === 'ok' ? '' : 'Add seats.',
  });

  test.each<[CheckState, number]>([
    ['ok', 0],
    ['warning', 0],
    ['error', 1],
  ])(
    'with the worst line being %s ends with %i, and prints all lines as one document',
    async (state, code) => {
      standIn.store.checkLines = [line('ok'), line(state)];
      const { exitCode, out, err } = await runCommand(['check', await tenantFile('checked'), '--json']);
      expect({ exitCode, err }).toEqual({ exitCode: code, err: '' });
      expect(JSON.parse(out)).toEqual({ tenant: 'checked', lines: [line('ok'), line(state)] });
    },
  );

  test('sends the file with references and no secret, and starts nothing', async () => {
    await runCommand(['check', await tenantFile('unstarted')]);
    expect(standIn.store.files.at(-1)).toMatchObject({ source: { credential: { secret: 'env:SECRET' } } });
    await expect(statusOf('unstarted')).rejects.toThrow('not found');
  });

  test('shows each line with its remedy in a table', async () => {
    standIn.store.checkLines = [line('warning')];
    const { out } = await runCommand(['check', await tenantFile('checked')]);
    expect(out.replace(/[\s│]+/g, ' ')).toContain('warning timely seats It is warning. Add seats.');
    expect(out).toContain('checked: 0 errors, 1 warning.');
  });

  test('ends with 2 for an invalid file and for one that is not there', async () => {
    const invalid = await runCommand(['check', await tenantFile('invalid', ['schedule: {every: often}'])]);
    expect(invalid.exitCode).toBe(2);
    expect(invalid.err).toContain('schedule.every');
    expect((await runCommand(['check', join(folder, 'absent.yaml')])).exitCode).toBe(2);
  });
});

describe('sync', () => {
  test('waits for the cycle that begins after it and prints its document', async () => {
    await started('synced');
    standIn.store.outcomes.set('synced', {
      lines: [
        reportLine(),
        ...['bo', 'cy', 'di'].map((name) =>
          reportLine({
            status: 'held',
            subject: `${name}@contoso.example`,
            name,
            hold: { rule: 'sensitive', detail: 'is a Global Administrator' },
            request: 'synced/1',
          }),
        ),
      ],
      findings: [{ kind: 'no-email', subject: 'Ed Example', message: 'has no address' }],
    });
    const { exitCode, out, err } = await runCommand(['sync', 'synced', '--full', '--json']);
    expect({ exitCode, err }).toEqual({ exitCode: 3, err: '' });
    const { tenants } = JSON.parse(out);
    expect(tenants).toHaveLength(1);
    expect(tenants[0]).toMatchObject({
      tenant: 'synced',
      cycle: { kind: 'full', counts: { inScope: 50 }, cycleError: null },
      failed: [],
      findings: [{ kind: 'no-email', subject: 'Ed Example', message: 'has no address' }],
    });
    expect(tenants[0].held).toEqual(
      ['bo', 'cy', 'di'].map((name) => ({
        change: 'invite',
        subject: `${name}@contoso.example`,
        name,
        reason: 'sensitive',
        detail: 'is a Global Administrator',
        request: 'synced/1',
      })),
    );
  });

  test('ends with 4 and shows the remedy when somebody failed', async () => {
    await started('failing');
    const failure = {
      class: 'RejectedError',
      message: 'E-mail is invalid.',
      remedy: 'Correct it in the directory.',
    };
    standIn.store.outcomes.set('failing', {
      lines: [reportLine({ status: 'failed', failure })],
      findings: [],
    });
    const { exitCode, out } = await runCommand(['sync', 'failing']);
    expect(exitCode).toBe(4);
    expect(out).toContain('Ada Example <ada@contoso.example>');
    expect(out.replace(/[\s│]+/g, ' ')).toContain('E-mail is invalid. Correct it in the directory.');
  });

  test('ends with 1 when the cycle could not be carried through', async () => {
    await started('troubled');
    const cycleError = {
      health: 'source-down' as const,
      message: 'Microsoft does not answer.',
      remedy: 'Wait.',
    };
    standIn.store.outcomes.set('troubled', { lines: [], findings: [], report: { cycleError } });
    const { exitCode, out } = await runCommand(['sync', 'troubled']);
    expect(exitCode).toBe(1);
    expect(out).toContain('source-down: Microsoft does not answer.');
  });

  test('shows progress to whoever watches, and none without a terminal', async () => {
    await started('watched');
    const watcher = watcherWho(true);
    const watched = await runCommand(['sync', 'watched'], watcher);
    expect(watcher.seen.some((line) => line.startsWith('watched: '))).toBe(true);
    expect(watched.out).toContain('watched: cycle ');
    expect((await runCommand(['sync', 'watched'])).err).toBe('');
  });

  test('does not wait for a paused tenant', async () => {
    await started('paused');
    await runCommand(['sync', 'paused']);
    expect((await runCommand(['pause', 'paused'])).exitCode).toBe(0);
    const { exitCode, err } = await runCommand(['sync', 'paused']);
    expect(exitCode).toBe(1);
    expect(err).toContain('timely-sync resume paused');
    expect((await runCommand(['resume', 'paused'])).exitCode).toBe(0);
    expect((await runCommand(['sync', 'paused'])).exitCode).toBe(0);
  });

  test('names the way to start a tenant that nobody knows', async () => {
    const { exitCode, err } = await runCommand(['sync', 'nobody']);
    expect(exitCode).toBe(1);
    expect(err).toContain('There is no tenant nobody');
  });
});

describe('watch', () => {
  test('waits for the end of a cycle and prints its one document', async () => {
    await started('looked-at');
    await runCommand(['sync', 'looked-at']);
    const watcher = watcherWho(true);
    const watching = runCommand(['watch', 'looked-at', '--json'], watcher);
    const before = await statusOf('looked-at');
    // The watch begins with the cycle that ended last: the next one is what it waits for.
    await until('the watch', async () => watcher.seen.some((line) => line.startsWith('looked-at: ')) || null);
    await runCommand(['sync', 'looked-at']);
    const { exitCode, out } = await watching;
    expect(exitCode).toBe(0);
    expect(JSON.parse(out).tenants[0].cycle.number).toBe(before.finishedCycle + 1);
  });

  test('names the way to start a tenant that nobody knows', async () => {
    const { exitCode, err } = await runCommand(['watch', 'nobody']);
    expect(exitCode).toBe(1);
    expect(err).toContain('There is no tenant nobody');
  });
});

describe('preview', () => {
  const planned = (differences: Partial<PlanLine>): PlanLine => ({
    ...reportLine({ status: 'planned' }),
    id: 'a',
    fingerprint: 'f',
    before: null,
    after: { role: 'employee' },
    joins: [],
    leaves: [],
    difference: null,
    ...differences,
  });

  test.each<[string, Partial<PlanLine>, number]>([
    ['something to do', {}, 0],
    ['a hold that asks somebody', { status: 'held', hold: { rule: 'sensitive', detail: 'x' } }, 3],
    ['a hold that ends by itself', { status: 'held', hold: { rule: 'no-seat', detail: 'x' } }, 0],
    ['somebody who failed', { status: 'parked', failure: { class: 'c', message: 'm', remedy: 'r' } }, 4],
  ])(
    'prints every page as one document, takes it away, and with %s ends with its code',
    async (_what, line, code) => {
      const { store } = standIn;
      store.previewLines = [planned({}), planned({ position: 2 }), planned({ position: 3, ...line })];
      const ended = store.previewsEnded;
      const { exitCode, out, err } = await runCommand(['preview', await tenantFile('planned'), '--json']);
      expect({ exitCode, err }).toEqual({ exitCode: code, err: '' });
      expect(JSON.parse(out)).toMatchObject({ tenant: 'planned', inScope: 3, changes: store.previewLines });
      expect(store.previewsEnded).toBe(ended + 1);
    },
  );

  test('shows who, what and why in a table, before and after', async () => {
    standIn.store.previewLines = [planned({})];
    const { out } = await runCommand(['preview', await tenantFile('planned')]);
    const text = out.replace(/[\s│]+/g, ' ');
    expect(text).toContain(
      'invite Ada Example <ada@contoso.example> in the group Timely Users [not there → employee]',
    );
    expect(text).toContain('Nothing was written.');
  });

  test.each([
    ['--out', 'plan.txt'],
    ['--against', 'yesterday'],
  ])('refuses %s %s with 2', async (flag, value) => {
    const { exitCode, err } = await runCommand(['preview', await tenantFile('planned'), flag, value]);
    expect(exitCode).toBe(2);
    expect(err).toContain(flag);
  });
});

describe('status', () => {
  test('tells health, stage and what waits of every tenant', async () => {
    await started('listed');
    standIn.store.outcomes.set('listed', {
      lines: [reportLine({ status: 'held', hold: { rule: 'sensitive', detail: 'is an executive' } })],
      findings: [],
    });
    await runCommand(['sync', 'listed']);
    const { tenants } = JSON.parse((await runCommand(['status', '--json'])).out);
    expect(tenants.map(({ tenant }: { tenant: string }) => tenant)).toEqual([...standIn.store.cycles.keys()]);
    expect(tenants.at(-1)).toMatchObject({
      tenant: 'listed',
      health: 'ok',
      stage: 'waiting',
      held: 1,
      failed: 0,
    });
    expect((await runCommand(['status'])).out).toMatch(/listed\s+│ ok\s+│ waiting/);
  });

  test('tells of one tenant its last cycles, holds and next cycle', async () => {
    await started('full');
    standIn.store.outcomes.set('full', {
      lines: [reportLine({ status: 'held', hold: { rule: 'sensitive', detail: 'is an executive' } })],
      findings: [],
    });
    await runCommand(['sync', 'full']);
    const report = JSON.parse((await runCommand(['status', 'full', '--json'])).out);
    expect(report).toMatchObject({
      tenant: 'full',
      status: { health: 'ok', nextCycleAt: '2030-01-01T00:00:00.000Z' },
      held: [{ subject: 'ada@contoso.example', hold: { rule: 'sensitive' } }],
      failed: [],
      approvals: [],
    });
    expect(report.cycles[0].number).toBe(report.status.finishedCycle);
    expect((await runCommand(['status', 'full'])).out).toContain('held: sensitive');
  });

  test('tells of one tenant who is tried again when, and what is wanted of the seats', async () => {
    await started('waiting');
    const failure = { class: 'rejected', message: 'Timely refused.', remedy: 'Mend it.' };
    const nextTryAt = '2030-01-01T00:00:00.000Z';
    standIn.store.outcomes.set('waiting', {
      lines: [reportLine({ status: 'failed', failure: { ...failure, tries: 3, nextTryAt } })],
      findings: [
        { kind: 'seats', subject: 'Contoso', message: 'Seats: 80 are paid for, 12 used, 3 more wanted.' },
        { kind: 'unmanaged', subject: 'zoe@contoso.example', message: 'Nobody stands for Zoe.' },
      ],
    });
    await runCommand(['sync', 'waiting']);
    const report = JSON.parse((await runCommand(['status', 'waiting', '--json'])).out);
    expect(report).toMatchObject({
      seats: [{ kind: 'seats' }],
      failed: [{ failure: { tries: 3, nextTryAt } }],
    });
    const { out } = await runCommand(['status', 'waiting']);
    expect(out).toContain('Seats: 80 are paid for, 12 used, 3 more wanted.');
    expect(out.replaceAll(/\s+│?\s*/g, ' ')).toMatch(/Tried 3 times, next at/);
    expect(out).not.toContain('Zoe');
  });

  test('tells of a stopped tenant that it is stopped', async () => {
    await started('stopped');
    await runCommand(['sync', 'stopped']);
    await runCommand(['stop', 'stopped']);
    await standIn.environment.client.workflow.getHandle(tenantWorkflowId('stopped')).result();
    expect((await runCommand(['status', 'stopped'])).out).toMatch(/^stopped: stopped$/m);
    const { exitCode, err } = await runCommand(['pause', 'stopped']);
    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: 'timely-sync: stopped is stopped: `timely-sync start FILE` with its tenant file starts it.\n',
    });
    await started('stopped');
    expect((await runCommand(['status', 'stopped'])).out).toMatch(/^stopped: ok, /m);
  });
});
