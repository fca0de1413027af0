/** What the commands for one tenant print and how they end, from before its first start until it is stopped. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client as PostgresClient } from 'pg';
import { agreeToBegin } from '../../client/start/agree-to-begin.ts';
import { readTenantFile } from '../../client/tenant-file.ts';
import type { CheckReport } from '../../domain/contract/check.ts';
import { tenantWorkflowId } from '../../workflows/messages.ts';
import { commandsFor } from '../support/commands.ts';
import { startWorld, until, type World } from '../support/world.ts';
import { flat, runCommand, silentSession, watcherWho } from './run-command.ts';

let world: World;
let commands: ReturnType<typeof commandsFor>;

beforeAll(async () => {
  world = await startWorld();
  commands = commandsFor(world);
  await world.startWorker();
}, 90_000);
afterAll(async () => {
  commands.release();
  await world.close();
});

/** A copy of the tenant file with an edit. */
async function edited(edit: (text: string) => string): Promise<string> {
  const fileName = join(world.folder, 'edited.yaml');
  await writeFile(fileName, edit(await readFile(world.file, 'utf8')));
  return fileName;
}

const invalidFile = () => edited((text) => text.replace('every: 5m', 'every: often'));
const absentFile = () => join(world.folder, 'absent.yaml');
const withoutSecret = () =>
  edited((text) => text.replace('env:TENANT_CONTOSO_ENTRA_SECRET', 'env:NOT_SET_ANYWHERE'));
const loop = () => world.client.workflow.getHandle(tenantWorkflowId(world.tenant));

async function storedFiles(): Promise<unknown[]> {
  const store = new PostgresClient({ connectionString: world.databaseUrl });
  await store.connect();
  const { rows } = await store.query('select file from configurations where tenant = $1', [world.tenant]);
  await store.end();
  return rows.map(({ file }) => file);
}

describe('commands that take a tenant file', () => {
  test.each(['check', 'preview', 'start'])(
    '%s ends with 2 and names the key when the file is invalid',
    async (name) => {
      const { exitCode, out, err } = await runCommand([name, await invalidFile(), '--json']);
      expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
      expect(err).toContain('schedule.every');
      expect(err).not.toContain('    at ');
    },
  );

  test.each(['check', 'preview', 'start'])('%s ends with 2 when the file is not there', async (name) => {
    const { exitCode, err } = await runCommand([name, absentFile()]);
    expect(exitCode).toBe(2);
    expect(err).toContain('absent.yaml cannot be read (ENOENT');
  });
});

describe('check', () => {
  test('prints one document, ends with 0, and starts nothing', async () => {
    const { exitCode, document } = await commands.json<CheckReport>('check', world.file);
    expect({ exitCode, tenant: document.tenant }).toEqual({ exitCode: 0, tenant: world.tenant });
    expect(document.lines.map(({ state }) => state)).not.toContain('error');
    await expect(loop().describe()).rejects.toThrow('not found');
    expect(await storedFiles()).toEqual([]);
  });

  test('ends with 0 when there are only warnings', async () => {
    const file = await edited((text) => text.replace('[Design, Engineering]', 'Alchemy'));
    const { exitCode, out } = await runCommand(['check', file]);
    expect(exitCode).toBe(0);
    expect(flat(out)).toMatch(
      /warning directory scope .* warning directory departments .*: 0 errors, 2 warnings\./,
    );
  });

  test('ends with 1 when there is an error, and shows it with its remedy', async () => {
    const { exitCode, out } = await runCommand(['check', await withoutSecret()]);
    expect(exitCode).toBe(1);
    expect(flat(out)).toMatch(/error directory settings .*NOT_SET_ANYWHERE/);
  });
});

describe('preview', () => {
  test('ends with 2 and the remedy when the worker lacks a secret', async () => {
    const { exitCode, err } = await runCommand(['preview', await withoutSecret()]);
    expect(exitCode).toBe(2);
    expect(err).toContain('NOT_SET_ANYWHERE');
  });

  test.each([
    ['--out', 'plan.txt'],
    ['--against', 'yesterday'],
  ])('ends with 2 for %s %s', async (flag, value) => {
    const { exitCode, err } = await runCommand(['preview', world.file, flag, value]);
    expect(exitCode).toBe(2);
    expect(err).toContain(flag);
  });

  test('shows what, who and why in a table, before and after', async () => {
    const { exitCode, out } = await runCommand(['preview', world.file]);
    expect(exitCode).toBe(3);
    expect(flat(out)).toMatch(
      /\+ invite \d+ people scope.include 2: department "Engineering" \[not there → employee\]: /,
    );
    expect(out).toContain('Nothing was written.');
    expect(world.writes()).toEqual([]);
  });
});

describe('an unknown tenant', () => {
  test.each(['sync', 'watch', 'status', 'pause', 'history'])('ends %s with 1', async (name) => {
    const { exitCode, err } = await runCommand([name, 'unknown']);
    expect(exitCode).toBe(1);
    expect(err).toContain('There is no tenant unknown');
  });
});

describe('start', () => {
  test('starts a new tenant paused, and stores the file, secrets as references', async () => {
    const { exitCode, out, err } = await runCommand(['start', world.file]);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain('is new and paused: nothing is written to Timely');
    expect(await world.status()).toMatchObject({ configurationVersion: 1, paused: true, finishedCycle: 0 });
    expect((await runCommand(['pause', world.tenant])).out).toBe(`${world.tenant} is paused already.\n`);
    expect(await storedFiles()).toMatchObject([
      { tenant: world.tenant, source: { credential: { secret: 'env:TENANT_CONTOSO_ENTRA_SECRET' } } },
    ]);
    const { out: status } = await runCommand(['status', world.tenant]);
    expect(flat(status)).toMatch(/: never read, paused; .*It is new: nothing was read or written yet\./);
    expect(world.writes()).toEqual([]);
  });

  test('a new tenant stays paused when the person at the terminal says no to its preview', async () => {
    const file = await readTenantFile(world.file);
    const watcher = watcherWho(false);
    const session = { ...silentSession(), watcher };
    const named = { fileName: 'contoso.yaml', file };
    await expect(agreeToBegin(world.client, session, named)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining(
        'stays paused: nothing is written to Timely. Next: timely-sync preview',
      ),
    });
    expect(watcher.seen).toContain(`Let ${world.tenant} begin with this?`);
    expect((await world.status()).paused).toBe(true);
  });

  test('`resume` goes by the preview: who has come since is held', async () => {
    world.sandbox.microsoft.state.join({ displayName: 'Lotte Late', department: 'Design' });
    const { out } = await runCommand(['resume', world.tenant]);
    expect(flat(out)).toMatch(/goes on by the preview of .*; what it did not show is held\./);
    await world.untilCycle(0);
    const { document } = await commands.json<SyncDocument>('sync', world.tenant);
    expect(document.tenants[0]?.held).toContainEqual(
      expect.objectContaining({ subject: 'lotte.late@contoso.example', reason: 'not-previewed' }),
    );
    expect(world.present()).not.toContain('lotte.late@contoso.example');
    expect(world.present()).toContain('hana.sato@contoso.example');
  });

  test('gives the running loop a new configuration when the file has changed', async () => {
    const { tenant } = world;
    const same = await commands.json('start', world.file);
    const asBefore = { tenant, version: 1, changed: false, paused: false, differences: [] };
    expect(same).toEqual({ exitCode: 0, document: asBefore });
    const file = await edited((text) => text.replace('every: 5m', 'every: 10m'));
    const changed = await commands.json('start', file);
    const differences = [{ path: 'schedule.every', before: '"5m"', after: '"10m"' }];
    const asNow = { tenant, version: 2, changed: true, paused: false, differences };
    expect(changed).toEqual({ exitCode: 0, document: asNow });
  });

  test('asks before a file takes effect that changes what the next cycle does', async () => {
    const file = await edited((text) => text.replace('[Design, Engineering]', 'Alchemy'));
    const unseen = await runCommand(['start', file]);
    expect(unseen).toMatchObject({ exitCode: 2, out: '' });
    expect(unseen.err).toMatch(
      /runs, and the edited file makes a difference for \d+ changes?\. Nothing was changed/,
    );
    const watcher = watcherWho(false);
    const refused = await runCommand(['start', file], { watcher });
    expect(refused.exitCode).toBe(1);
    expect(watcher.seen).toContain(`Give ${world.tenant} this file?`);
    expect(refused.err).toContain('- scope.include: {"department":["Design","Engineering"]}');
    expect(refused.err).toContain('+ scope.include: {"department":["Alchemy"]}');
    expect(flat(refused.err)).toMatch(/new: held: too-many-removals /);
    expect((await world.status()).configurationVersion).toBe(2);
    const given = await commands.json('start', await edited((text) => text), '--yes');
    expect(given).toMatchObject({ exitCode: 0, document: { version: 3, changed: true } });
  });
});

interface SyncDocument {
  tenants: { tenant: string; cycle: { number: number }; held: { subject: string }[]; failed: unknown[] }[];
}

describe('sync', () => {
  test('waits for the cycle that begins after it and prints its document', async () => {
    const before = await world.status();
    const { exitCode, document } = await commands.json<SyncDocument>('sync', world.tenant, '--full');
    expect(exitCode).toBe(3);
    expect(document.tenants).toMatchObject([
      { tenant: world.tenant, cycle: { kind: 'full', cycleError: null }, failed: [] },
    ]);
    expect(document.tenants[0]?.cycle.number).toBeGreaterThan(before.finishedCycle);
    const { id } = await world.approvalOf('henrik.lund@contoso.example');
    expect(document.tenants[0]?.held).toContainEqual({
      change: 'invite',
      subject: 'henrik.lund@contoso.example',
      name: 'Henrik Lund',
      reason: 'sensitive',
      detail: expect.stringContaining('Global Administrator'),
      request: id,
    });
  });

  test('shows progress on a terminal, and none without', async () => {
    const watcher = watcherWho(true);
    const { out } = await runCommand(['sync', world.tenant], { watcher });
    expect(watcher.seen.some((line) => line.startsWith(`${world.tenant}: `))).toBe(true);
    expect(out).toContain(`${world.tenant}: cycle `);
    expect((await runCommand(['sync', world.tenant])).err).toBe('');
  });

  test('does not wait for a paused tenant', async () => {
    expect((await runCommand(['pause', world.tenant])).exitCode).toBe(0);
    await until('the pause', async () => (await world.status()).stage === 'paused' || null);
    const { exitCode, err } = await runCommand(['sync', world.tenant]);
    expect(exitCode).toBe(1);
    expect(err).toContain(`timely-sync resume ${world.tenant}`);
    const person = ['provision', world.tenant, 'hana.sato@contoso.example'];
    const provision = await runCommand(person);
    expect(provision).toMatchObject({ exitCode: 1, err: expect.stringContaining('--even-if-paused') });
    expect((await runCommand([...person, '--even-if-paused'])).exitCode).toBe(0);
    const paused = flat((await runCommand(['status', world.tenant])).out);
    expect(paused).toMatch(/paused; configuration .*Paused since \d{4}-.* by `timely-sync pause`/);
    expect(paused).not.toContain('next cycle');
    expect((await runCommand(['resume', world.tenant])).exitCode).toBe(0);
    expect((await runCommand(['sync', world.tenant])).exitCode).toBe(3);
  });

  test('ends with 1 when the cycle fails, and prints the remedy', async () => {
    const { faults } = world.sandbox.microsoft;
    faults.set('permissionLost', { operation: 'groups.delta' });
    const { exitCode, out } = await runCommand(['sync', world.tenant, '--full']);
    faults.clear();
    expect(exitCode).toBe(1);
    expect(out).toContain('needs-consent: ');
    expect(out).toContain('GroupMember.Read.All');
  });

  test('ends with 4 when a person fails, and prints the remedy', async () => {
    const { microsoft, timely } = world.sandbox;
    timely.faults.set('rejectPerson', { subject: 'nora.winter@contoso.example' });
    microsoft.state.join({ displayName: 'Nora Winter', department: 'Design' });
    const { exitCode, out } = await runCommand(['sync', world.tenant]);
    expect(exitCode).toBe(4);
    expect(out).toContain('Nora Winter <nora.winter@contoso.example>');
    expect((await runCommand(['preview', world.file])).exitCode).toBe(4);
  });
});

describe('watch', () => {
  test('waits for the end of a cycle and prints its one document', async () => {
    const watcher = watcherWho(true);
    const watching = runCommand(['watch', world.tenant, '--json'], { watcher });
    await until('the watch', async () => watcher.seen.some((line) => line.startsWith(world.tenant)) || null);
    const { document } = await commands.json<SyncDocument>('sync', world.tenant);
    const { exitCode, out } = await watching;
    expect(exitCode).toBe(4);
    expect(JSON.parse(out).tenants[0].cycle.number).toBe(document.tenants[0]?.cycle.number);
  });
});

describe('status', () => {
  test('shows health, stage and what waits for every tenant', async () => {
    const { document } = await commands.json('status');
    const { length: openApprovals } = await world.approvals();
    expect(document).toMatchObject({
      tenants: [{ tenant: world.tenant, health: 'ok', stage: 'waiting', failed: 1, openApprovals }],
    });
    expect(flat((await runCommand(['status'])).out)).toContain(`${world.tenant} ok waiting`);
  });

  test('shows the last cycles, holds, failures, seats and next cycle of one tenant', async () => {
    const { document, exitCode } = await commands.json<{ held: unknown[] }>('status', world.tenant);
    expect(exitCode).toBe(4);
    expect(document).toMatchObject({
      tenant: world.tenant,
      status: { health: 'ok', nextCycleAt: expect.any(String) },
      cycles: expect.arrayContaining([expect.objectContaining({ kind: 'incremental', cycleError: null })]),
      failed: [{ subject: 'nora.winter@contoso.example', failure: { nextTryAt: expect.any(String) } }],
      seats: [{ kind: 'seats' }],
      findings: { seats: 1, unmanaged: expect.any(Number) },
    });
    expect(document.held).toContainEqual(
      expect.objectContaining({
        subject: 'henrik.lund@contoso.example',
        hold: { rule: 'sensitive', detail: expect.any(String) },
      }),
    );
    const text = flat((await runCommand(['status', world.tenant])).out);
    expect(text).toContain('held: sensitive');
    expect(text).toMatch(/Tried (once|\d+ times), next at/);
    expect(text).toMatch(/Seats before this plan: 80 paid for/);
    expect(text).toMatch(new RegExp(`Findings: \\d+ unmanaged, .*timely-sync findings ${world.tenant}`));
    // Users outside the sync are findings, not work that waits.
    expect(text).not.toContain('frida@studio-lang.example');
  });

  test('shows that a tenant is stopped, and `start` starts it again', async () => {
    expect((await runCommand(['stop', world.tenant])).exitCode).toBe(0);
    await loop().result();
    const stopped = await runCommand(['status', world.tenant]);
    expect(stopped.out).toMatch(new RegExp(`^${world.tenant}: stopped$`, 'm'));
    const { exitCode, err } = await runCommand(['pause', world.tenant]);
    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: `timely-sync: ${world.tenant} is stopped: \`timely-sync start FILE\` with its tenant file starts it.\n`,
    });
    expect((await runCommand(['start', world.file])).exitCode).toBe(0);
    expect((await runCommand(['status', world.tenant])).out).toMatch(
      new RegExp(`^${world.tenant}: ok, `, 'm'),
    );
  });
});
