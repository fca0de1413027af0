/** `why` and `provision`. One running tenant after its first cycle. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { whyOf } from '../../../activities/query/why.ts';
import { createServices } from '../../../activities/services.ts';
import type { ProvisionReport } from '../../../domain/contract/provision.ts';
import type { WhyPerson, WhyTeam } from '../../../domain/contract/why.ts';
import { noMeter } from '../../../domain/meter.ts';
import { closeDatabase, type Database, openDatabase } from '../../../store/database.ts';
import { sandboxPolicy } from '../../config/policy.ts';
import { commandsFor } from '../../support/commands.ts';
import { startWorld, until, type World } from '../../support/world.ts';
import { rulesOfContoso } from '../people/rules-of-contoso.ts';

let world: World;
let commands: ReturnType<typeof commandsFor>;
let database: Database;

beforeAll(async () => {
  world = await startWorld();
  await world.startWorker();
  await world.start();
  commands = commandsFor(world);
  database = await openDatabase(world.databaseUrl, 4);
}, 90_000);
afterAll(async () => {
  commands.release();
  await closeDatabase(database);
  await world.close();
});

async function whyPerson(text: string): Promise<WhyPerson> {
  const services = createServices(database, Buffer.alloc(32), sandboxPolicy(), () => noMeter, null);
  const why = await whyOf(services, world.tenant, text);
  if (why?.kind !== 'person') throw new Error(`${text} gives ${JSON.stringify(why)}.`);
  return why;
}

describe('why', () => {
  test.each(rulesOfContoso)('$name: $inScope, $rule', async ({ name, inScope, rule, waits, finding }) => {
    const why = await whyPerson(name);
    expect(why.verdict).toEqual({ inScope, code: expect.any(String), reason: rule });
    expect(why.waiting.map(({ hold }) => hold?.rule)).toEqual(waits ? [waits] : []);
    expect(why.findings.map(({ kind }) => kind)).toEqual(finding ? [finding] : []);
    const isThere = inScope && !waits && finding !== 'no-email';
    expect(why.timely?.removed === false && why.link?.state === 'present').toBe(isThere);
  });

  test('explains each person of the directory', async () => {
    const live = world.sandbox.microsoft.state.objects
      .of('user')
      .filter(({ status }) => status === 'live')
      .map(({ properties }) => String(properties.displayName));
    expect(rulesOfContoso.map(({ name }) => name).sort()).toEqual(live.sort());
  });

  test('finds a person by address, sign-in name and object id, in any letter case', async () => {
    const { person } = await whyPerson('Grace Hall');
    for (const text of ['grace.hall@contoso.example', ' GRACE.HALL@Contoso.Example ', person?.id ?? '']) {
      expect((await whyPerson(text)).person?.id).toBe(person?.id);
    }
    expect((await whyPerson('nils.haug@northwind-consulting.example')).person?.name).toBe('Nils Haug');
  });

  test('names the open approval of a person, and the changes of others', async () => {
    const { exitCode, document } = await commands.json<WhyPerson>('why', world.tenant, 'Henrik Lund');
    expect(exitCode).toBe(0);
    const { id } = await world.approvalOf('henrik.lund@contoso.example');
    expect(document.waiting[0]).toMatchObject({ change: 'invite', status: 'held', request: id });
    expect(document.next).toContain(`approvals show ${id}`);
    const jonas = await whyPerson('Jonas Weber');
    expect(jonas.changes.map(({ change }) => change)).toEqual(['reinstate']);
    expect(jonas.teams).toEqual(['Design', 'Design Guild']);
  });

  test('says that an unmanaged user stays unchanged', async () => {
    const why = await whyPerson('frida@studio-lang.example');
    expect(why).toMatchObject({ person: null, verdict: null, link: null, teams: ['Design Guild'] });
    expect(why.findings.map(({ kind }) => kind)).toEqual(['unmanaged']);
  });

  test('names the rule of a team, its members and those added by hand', async () => {
    const { document } = await commands.json<WhyTeam>('why', world.tenant, 'Design Guild');
    expect(document).toMatchObject({
      kind: 'team',
      rule: 'teams 1: group "Design Guild"',
      origin: 'adopted',
    });
    expect(document.members).toContainEqual({
      email: 'frida@studio-lang.example',
      lead: false,
      managed: false,
    });
    expect(document.members).toContainEqual({
      email: 'lena.fischer@contoso.example',
      lead: true,
      managed: true,
    });
    const rules = await Promise.all(
      ['Apollo', 'Engineering', 'Northwind Consulting'].map(async (name) => {
        const team = await commands.json<WhyTeam>('why', world.tenant, name);
        return team.document.rule;
      }),
    );
    expect(rules).toEqual([
      'teams 2: groups named "Timely - *"',
      'teams 3: each department in scope',
      'teams 4: domain "northwind-consulting.example"',
    ]);
  });

  test('lists the matches of an ambiguous text and ends with 2, and with 2 for an unknown person', async () => {
    const several = await commands.run('why', world.tenant, 'front.desk@contoso.example');
    expect(several.exitCode).toBe(2);
    expect(several.err).toContain('Front Desk North');
    expect(several.err).toContain('Front Desk South');
    const unknown = await commands.run('why', world.tenant, 'nobody@contoso.example');
    expect({ exitCode: unknown.exitCode, out: unknown.out }).toEqual({ exitCode: 2, out: '' });
  });

  test.each([
    ['Jonas Weber', 'applyPlan'],
    ['Henrik Lund', 'approval'],
    ['Design Guild', 'applyPlan'],
  ])("--web lists the runs about %s in Temporal's UI", async (text, type) => {
    process.env.TIMELY_SYNC_UI_URL = 'https://temporal.contoso.example';
    const { document } = await commands.json<{ url: string }>('why', world.tenant, text, '--web');
    delete process.env.TIMELY_SYNC_UI_URL;
    const query = new URL(document.url).searchParams.get('query') ?? '';
    const types = await until('the run in the list', async () => {
      const found: string[] = [];
      for await (const run of world.client.workflow.list({ query })) found.push(run.type);
      return found.length > 0 ? found : null;
    });
    expect(types).toContain(type);
    // Search attributes are never encrypted, so they hold no id and no name.
    expect(query).toMatch(/^SyncSubjects IN \("[0-9a-f]{10}", "others"\) AND /);
  });

  test('prints sentences without --json', async () => {
    const { out } = await commands.run('why', world.tenant, 'Filippa Berg');
    expect(out).toContain('in group "Timely Users" > "Finance Leads" > "Finance Interns"');
    expect(out).toContain('Next: Nothing');
  });
});

describe('provision', () => {
  const provision = (person: string) => commands.json<ProvisionReport>('provision', world.tenant, person);
  const steps = ({ steps }: ProvisionReport) => steps.map(({ change, status }) => `${change} ${status}`);

  test('brings in one joiner with teams, and no other person', async () => {
    const { state } = world.sandbox.microsoft;
    for (const displayName of ['Nora Winter', 'Otto Sommer']) {
      state.join({ displayName, department: 'Design', groups: ['Design Guild'] });
    }
    const { exitCode, document } = await provision('nora.winter@contoso.example');
    expect({ exitCode, steps: steps(document) }).toEqual({
      exitCode: 0,
      steps: ['invite done', 'setTeamMembers done', 'setTeamMembers done'],
    });
    expect(world.team('Design Guild')).toContain('nora.winter@contoso.example');
    await world.untilCycle(document.cycle);
    expect(world.present()).toContain('otto.sommer@contoso.example');
    expect(world.sandbox.timely.state.mailsTo('nora.winter@contoso.example')).toBe(1);
  });

  test('holds a person whom a cycle would hold, names the approval, and ends with 3', async () => {
    const { state } = world.sandbox.microsoft;
    state.join({ displayName: 'Rex Stern', department: 'Design', groups: ['Executives'] });
    const { exitCode, document } = await provision('Rex Stern');
    expect(exitCode).toBe(3);
    const { id } = await world.approvalOf('rex.stern@contoso.example');
    expect(document.steps).toMatchObject([
      { change: 'invite', status: 'held', hold: { rule: 'sensitive' }, request: id },
    ]);
    expect(world.present()).not.toContain('rex.stern@contoso.example');
  });

  test('refuses unknown and ambiguous people with 2', async () => {
    for (const person of [
      'nobody@contoso.example',
      'front.desk@contoso.example',
      'frida@studio-lang.example',
    ]) {
      const { exitCode, err } = await commands.run('provision', world.tenant, person);
      expect({ person, exitCode }).toEqual({ person, exitCode: 2 });
      expect(err).not.toContain('    at ');
    }
  });
});
