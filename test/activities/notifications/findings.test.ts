/** Findings are counted, listed, and told once to each channel that takes them: the real activities over a real store. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSyncCycle } from '../../../activities/cycle/open-cycle.ts';
import type { OpenFinding, Page } from '../../../domain/contract/report.ts';
import type { Finding } from '../../../domain/plan/change.ts';
import type { FindingKind } from '../../../domain/plan/finding-kinds.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeChannels } from './arrange-channels.ts';

const hook = { webhook: 'https://ops.contoso.example/secret' };
const mail = { email: ['it@contoso.example'], only: ['finding'] };
const boss = { email: ['boss@contoso.example'], only: ['escalation'] };

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const arrange = (notify: object[]) => arrangeChannels(store.database, notify);
type Arranged = Awaited<ReturnType<typeof arrange>>;

const finding = (kind: FindingKind, subject: string, message = 'It is so.'): Finding => ({
  kind,
  subject,
  message,
});
const ada = finding('no-email', 'ada@contoso.example');
const bo = finding('no-email', 'bo@contoso.example');
const unmanaged = (count: number) =>
  Array.from({ length: count }, (_, index) => finding('unmanaged', `person-${index}@contoso.example`));

async function openFindings({ activities, tenant }: Arranged, kind: FindingKind | null = null) {
  const query = { about: 'openFindings', tenant, kind, after: 0 } as const;
  return ((await activities.runQuery(query)) as Page<OpenFinding>).items;
}

describe('a finding', () => {
  test('is told once to each channel that takes findings, and to no other', async () => {
    const world = await arrange([hook, mail, boss]);
    await world.cycle({ found: [ada] });
    expect(await world.sendDue()).toEqual(['email: T: 1 new finding', 'webhook: T: 1 new finding']);
    expect(await world.sendDue()).toEqual([]);
    const { channels } = await world.cycle({ found: [ada] });
    expect(channels).toEqual([]);
    expect(await world.sendDue()).toEqual([]);
  });

  test('that is new is told without those that were told before', async () => {
    const world = await arrange([mail]);
    await world.cycle({ found: [ada] });
    await world.sendDue();
    await world.cycle({ found: [ada, bo] });
    expect(await world.sendDue()).toEqual(['email: T: 1 new finding']);
    expect(world.messages.at(-1)?.items).toEqual([
      { title: 'no-email: 1 finding', lines: ['bo@contoso.example: It is so.'], link: null },
    ]);
  });

  test('is told again when it was gone and comes back', async () => {
    const world = await arrange([mail]);
    await world.cycle({ found: [ada] });
    await world.sendDue();
    await world.cycle({ found: [] });
    expect(await world.sendDue()).toEqual([]);
    await world.cycle({ found: [ada] });
    expect(await world.sendDue()).toEqual(['email: T: 1 new finding']);
  });

  test('stays told when only its message or the case of its subject changes', async () => {
    const world = await arrange([mail]);
    await world.cycle({ found: [finding('credential-ends', 'Secret', 'It ends in 30 days.')] });
    await world.sendDue();
    await world.cycle({ found: [finding('credential-ends', 'secret', 'It ends in 29 days.')] });
    expect(await world.sendDue()).toEqual([]);
  });

  test('stays told over a hundred cycles that keep no plan of it but the last', async () => {
    const world = await arrange([mail]);
    await world.cycle({ found: [ada] });
    await world.sendDue();
    for (let run = 1; run <= 101; run += 1) {
      const key = { tenant: world.tenant, opening: `quiet-${run}`, fresh: false };
      await openSyncCycle(world.services, key);
    }
    await world.cycle({ found: [ada] });
    expect(await world.sendDue()).toEqual([]);
    expect(await openFindings(world)).toMatchObject([{ since: world.startedAt(1) }]);
  });

  test('that a forecast repeats for each joiner is told to no channel', async () => {
    const world = await arrange([mail]);
    await world.cycle({ found: [finding('seats', 'Contoso')] });
    expect(await world.sendDue()).toEqual([]);
  });

  test('goes to a channel that is new', async () => {
    const world = await arrange([mail]);
    await world.cycle({ found: [ada, bo] });
    await world.sendDue();
    await world.configure([mail, hook]);
    expect(await world.sendDue()).toEqual(['webhook: T: 2 new findings']);
  });
});

describe('many findings', () => {
  test('of a first cycle are one message with counts by kind and the first of each', async () => {
    const world = await arrange([mail]);
    await world.cycle({ found: [ada, ...unmanaged(500)] });
    expect(await world.sendDue()).toEqual(['email: T: 501 new findings']);
    const [noEmail, others] = world.messages.at(-1)?.items ?? [];
    expect(noEmail?.title).toBe('no-email: 1 finding');
    expect(others).toMatchObject({ title: 'unmanaged: 500 findings' });
    expect(others?.lines).toHaveLength(4);
    expect(others?.lines.at(-1)).toBe('… and 497 more');
    expect(world.messages.at(-1)?.commands).toEqual([
      { for: 'List all findings', type: `timely-sync findings ${world.tenant}` },
    ]);
  });

  test('name nobody when the tenant file shows ids alone', async () => {
    const world = await arrange([mail]);
    await world.configure([mail], {}, { privacy: { labels: 'ids', keepJournal: '400d' } });
    await world.cycle({ found: [ada, bo] });
    await world.sendDue();
    expect(JSON.stringify(world.messages.at(-1))).not.toContain('@contoso.example');
    expect(world.messages.at(-1)?.items).toMatchObject([{ title: 'no-email: 2 findings', lines: [] }]);
  });
});

describe('the findings of a tenant', () => {
  test('are counted by kind in the result of its cycle and in the list of tenants', async () => {
    const world = await arrange([]);
    const counts = { 'no-email': 2, unmanaged: 3 };
    expect((await world.cycle({ found: [ada, bo, ...unmanaged(3)] })).findings).toEqual(counts);
    const { activities, tenant } = world;
    expect(await activities.runQuery({ about: 'findingCounts', tenant })).toEqual(counts);
    const { items } = (await activities.runQuery({ about: 'tenants', after: 0 })) as Page<{ tenant: string }>;
    expect(items.find((summary) => summary.tenant === tenant)).toMatchObject({ findings: counts });
  });

  test('are listed with the time of the cycle that found them first, all or of one kind', async () => {
    const world = await arrange([]);
    await world.cycle({ found: [ada] });
    world.clock.ms += 3_600_000;
    await world.cycle({ found: [ada, ...unmanaged(1)] });
    const { tenant } = world;
    const first = { ...ada, tenant, since: world.startedAt(1) };
    const second = { ...unmanaged(1)[0], tenant, since: world.startedAt(2) };
    expect(await openFindings(world)).toEqual([first, second]);
    expect(await openFindings(world, 'unmanaged')).toEqual([second]);
  });

  test('stay those of its own last plan when a cycle is undone', async () => {
    const world = await arrange([mail]);
    await world.cycle({ found: [ada] });
    await world.sendDue();
    await world.undoPlan([finding('undo-leaves', 'cycle 1')]);
    expect(await world.sendDue()).toEqual([]);
    expect(await openFindings(world)).toMatchObject([ada]);
    await world.cycle({ found: [ada] });
    expect(await world.sendDue()).toEqual([]);
  });
});
