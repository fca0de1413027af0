/**
 * A preview equals the changes of the next cycle in any state of both sides, and writes nothing. One tenant, from before
 * its first cycle. Each test continues from the state of the last one.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client as PostgresClient } from 'pg';
import type { PreviewDocument } from '../../../client/remote/preview.ts';
import type { PlanLine } from '../../../domain/contract/preview.ts';
import { approveSignal, rejectSignal } from '../../../workflows/messages.ts';
import { commandsFor } from '../../support/commands.ts';
import { startWorld, type World } from '../../support/world.ts';

let world: World;
let commands: ReturnType<typeof commandsFor>;
let store: PostgresClient;

beforeAll(async () => {
  world = await startWorld();
  await world.startWorker();
  commands = commandsFor(world);
  store = new PostgresClient({ connectionString: world.databaseUrl });
  await store.connect();
}, 90_000);
afterAll(async () => {
  commands.release();
  await store.end();
  await world.close();
});

type Planned = Pick<PlanLine, 'change' | 'id' | 'why' | 'fingerprint' | 'hold' | 'refusal'> & {
  goes: string;
};

const preview = (...words: string[]) => commands.json<PreviewDocument>('preview', world.file, ...words);

/** Returns what a preview shares with the next cycle: all but the outcomes of applied changes. */
function plannedBy({ changes }: PreviewDocument): Planned[] {
  return changes.map(({ change, id, why, fingerprint, hold, refusal, status }) => ({
    change,
    id,
    why,
    fingerprint,
    hold,
    refusal,
    goes: status,
  }));
}

/** Returns the stored plan of the last cycle. */
async function plannedInCycle(): Promise<Planned[]> {
  const { cycle } = await world.status();
  const { rows } = await store.query(
    `select changes.*, cycles.plan_cycle = cycles.number as fresh from changes join cycles on cycles.tenant = changes.tenant and cycles.number = $2
     where changes.tenant = $1 and changes.cycle = cycles.plan_cycle order by position`,
    [world.tenant, cycle],
  );
  // Without a new plan, held changes stay held and applied ones are done.
  const waits = (status: string) => ['held', 'refused', 'parked', 'failed'].includes(status);
  const standing = rows.filter(({ fresh, status }) => fresh || waits(status));
  return standing.map((row) => ({
    change: row.kind,
    id: row.subject_key,
    why: row.reason,
    fingerprint: row.fingerprint,
    hold: row.hold_rule ? { rule: row.hold_rule, detail: row.hold_detail } : null,
    refusal: row.refusal_rule ? { rule: row.refusal_rule, detail: row.refusal_detail } : null,
    goes: waits(row.status) ? row.status : 'planned',
  }));
}

/** Returns the number of rows of the store, and the tenant's own rows. */
async function storedRows(): Promise<unknown> {
  const tables = ['person_links', 'team_links', 'cycles', 'changes', 'approvals', 'verdicts', 'failures'];
  const more = ['directory_people', 'directory_cursors', 'timely_users', 'journal_entries', 'tenants'];
  const counts = [];
  for (const table of [...tables, ...more]) {
    const { rows } = await store.query(`select * from ${table} order by 1, 2`);
    counts.push({ table, rows });
  }
  return counts;
}

async function expectEqualToNextCycle(run: () => Promise<unknown>): Promise<PreviewDocument> {
  const before = { writes: world.writes().length, rows: await storedRows() };
  const { document } = await preview();
  expect(world.writes()).toHaveLength(before.writes);
  expect(await storedRows()).toEqual(before.rows);
  await run();
  expect(plannedBy(document)).toEqual(await plannedInCycle());
  return document;
}

test('equals the first cycle of a tenant that was never started, and writes nothing', async () => {
  const document = await expectEqualToNextCycle(() => world.start());
  expect(document.read.kind).toBe('full');
  expect(document.changes.filter(({ change }) => change === 'invite').length).toBeGreaterThan(48);
  expect(document.seats).toMatchObject({ paid: 80, used: 5, usedAfter: 54, waiting: 0 });
});

test('shows the held changes after a cycle, and ends with 3', async () => {
  await world.cycle();
  const { exitCode, document } = await preview();
  expect(exitCode).toBe(3);
  expect(document.read.kind).toBe('incremental');
  expect(new Set(document.changes.map(({ status }) => status))).toEqual(new Set(['held']));
});

describe('equals the next cycle', () => {
  const microsoft = () => world.sandbox.microsoft.state;
  const timely = () => world.sandbox.timely.state;
  const decide = async (subject: string, signal: typeof approveSignal) => {
    // The tenant is paused, so that the decision starts no cycle before the preview.
    await world.client.workflow.getHandle(`tenant/${world.tenant}`).signal('pause');
    const handle = world.approvalHandle((await world.approvalOf(subject)).id);
    await handle.signal(signal, { by: 'it-lead@contoso.example' });
    await handle.result();
  };
  test.each<[string, () => unknown]>([
    [
      'after people join, move, leave and are disabled',
      () => {
        microsoft().join({
          displayName: 'Nora Winter',
          department: 'Design',
          groups: ['Timely Users', 'Design Guild'],
        });
        microsoft().change('Hana Sato', { department: 'Engineering' });
        microsoft().change('Grace Hall', { accountEnabled: false });
        microsoft().leave('Umar Farouk');
        microsoft().removeFromGroup('Edgar Simon', 'Finance Leads');
      },
    ],
    [
      'after groups are renamed, deleted and nested',
      () => {
        microsoft().renameGroup('Timely - Apollo', 'Timely - Artemis');
        microsoft().deleteGroup('Timely - Gemini');
        microsoft().unnest('Finance Interns', 'Finance Leads');
      },
    ],
    [
      'after changes by hand in Timely',
      () => {
        timely().invite('Gast Hand', 'gast@elsewhere.example', {
          role_id: timely().roleNamed('employee')?.id ?? 0,
        });
        const chen = timely().byEmail('chen.wei@contoso.example');
        if (chen) timely().remove(chen);
        const bao = timely().byEmail('bao.nguyen@contoso.example');
        if (bao) timely().update(bao, { role_id: timely().roleNamed('manager')?.id ?? 0 });
      },
    ],
    ['after a return', () => microsoft().change('Grace Hall', { accountEnabled: true })],
    [
      'after roles were given that ask for an approval',
      () => {
        microsoft().addToGroup('Anders Holm', 'Timely Admins');
        microsoft().grantRole(
          microsoft().user('Beatriz Costa').id,
          // Global Administrator.
          '62e90394-69f5-4237-9190-012177145e10',
        );
        microsoft().addToGroup('Carla Mendes', 'Timely Managers');
      },
    ],
    [
      'with a person whom Timely refuses',
      async () => {
        world.sandbox.timely.faults.set('rejectPerson', { operation: 'users.invite' });
        microsoft().join({ displayName: 'Rex Stern', department: 'Design' });
        await world.cycle();
        world.sandbox.timely.faults.clear();
      },
    ],
    [
      'after more people leave than may at once',
      () => {
        for (const name of ['Ivana Petrova', 'Jakub Nowak', 'Karim Haddad', 'Lucia Romero']) {
          microsoft().leave(name);
        }
      },
    ],
    [
      'when the directory leaves its last page out',
      () => world.sandbox.microsoft.faults.set('lastPageMissing', { operation: 'users.delta' }),
    ],
    [
      'when the cursor has expired',
      () => {
        world.sandbox.microsoft.faults.clear();
        world.sandbox.microsoft.faults.set('cursorGone410');
      },
    ],
    [
      'after an approval',
      async () => {
        world.sandbox.microsoft.faults.clear();
        await decide('henrik.lund@contoso.example', approveSignal);
      },
    ],
    ['after a rejection', () => decide('eleanor.vance@contoso.example', rejectSignal)],
    [
      'after the seats have run out',
      () => {
        timely().account.seats = timely().present.length;
        microsoft().join({ displayName: 'Sia Brandt', department: 'Design' });
      },
    ],
  ])('%s', async (_state, edit) => {
    await edit();
    await expectEqualToNextCycle(async () => {
      const { cycle, paused } = await world.status();
      const loop = world.client.workflow.getHandle(`tenant/${world.tenant}`);
      await loop.signal(paused ? 'resume' : 'nudge');
      await world.untilCycle(cycle);
    });
  });
});

describe('with an edited file', () => {
  async function edited(edit: (text: string) => string): Promise<string> {
    const file = join(world.folder, 'edited.yaml');
    await writeFile(file, edit(await readFile(world.file, 'utf8')));
    return file;
  }

  test('--against running lists only what the edit would change', async () => {
    const file = await edited((text) =>
      text.replace('department: [Design, Engineering]', 'department: [Design, Engineering, Finance]'),
    );
    const { document } = await commands.json<PreviewDocument>('preview', file, '--against', 'running');
    const people = document.changes.filter(({ subject }) => subject.includes('@'));
    expect(people.map(({ subject, difference }) => `${difference} ${subject}`).sort()).toEqual([
      'added edgar.simon@contoso.example',
      'added filippa.berg@contoso.example',
      'added gabriel.stein@contoso.example',
      'added heidi.krause@contoso.example',
      'added igor.sokolov@contoso.example',
      'added johanna.frei@contoso.example',
    ]);
    expect((await world.status()).configurationVersion).toBe(1);
  });

  test('--against running lists nothing for the same file, and ends with 0', async () => {
    const { exitCode, document } = await preview('--against', 'running');
    expect({ exitCode, changes: document.changes, findings: document.findings }).toEqual({
      exitCode: 0,
      changes: [],
      findings: [],
    });
  });

  test('--out writes all changes as CSV or JSON', async () => {
    const csv = join(world.folder, 'plan.csv');
    const { document } = await preview('--out', csv);
    const lines = (await readFile(csv, 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(document.changes.length + 1);
    expect(lines[0]).toContain('"change","status","subject"');
    const json = join(world.folder, 'plan.json');
    await preview('--out', json);
    expect(JSON.parse(await readFile(json, 'utf8')).changes).toEqual(document.changes);
  });
});

test('a preview leaves nothing in the store', async () => {
  const { rows } = await store.query(`select tenant from tenants where tenant <> $1`, [world.tenant]);
  expect(rows).toEqual([]);
});
