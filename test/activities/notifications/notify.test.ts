/** Whom there is something to tell, and that nothing is told twice: the real activities over a real store, and a clock. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../../activities/index.ts';
import { createServices, type Services } from '../../../activities/services.ts';
import { parseTenantFile } from '../../../config/tenant-file.ts';
import type { CycleError } from '../../../domain/contract/report.ts';
import { ConfigurationError, TransientError } from '../../../domain/errors.ts';
import { noMeter } from '../../../domain/meter.ts';
import type { ChannelAddress } from '../../../domain/notifications/notification.ts';
import type { Change } from '../../../domain/plan/change.ts';
import type { Message } from '../../../notify/message.ts';
import { recordDecision } from '../../../store/approvals/decisions.ts';
import { storePlan } from '../../../store/planning/plans.ts';
import { markPlanned, storeConfiguration } from '../../../store/tenants.ts';
import { projectFile } from '../../production/files.ts';
import { openTestStore } from '../../support/database.ts';

const hour = 3_600_000;
const hook = { webhook: 'https://ops.contoso.example/secret' };
const boss = { email: ['boss@contoso.example'], only: ['escalation'] };

let store: Awaited<ReturnType<typeof openTestStore>>;
let tenants = 0;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** A tenant with these channels, whose clock and channels the test moves. */
async function arrange(notify: object[], approvals: object = {}) {
  tenants += 1;
  const tenant = `tenant-${tenants}`;
  const clock = { ms: Date.parse('2026-11-24T09:00:00Z') };
  const sent: { to: string; title: string }[] = [];
  const refuse: { with: Error | null } = { with: null };
  const tell = async (address: ChannelAddress, { title }: Message) => {
    if (refuse.with) throw refuse.with;
    sent.push({ to: address.kind, title: title.replaceAll(tenant, 'T') });
  };
  const services: Services = {
    ...createServices(store.database, Buffer.alloc(32, 7), () => noMeter, null, { notifier: tell, ui: null }),
    now: () => new Date(clock.ms),
  };
  const activities = createActivities(services);
  const base = parseTenantFile(projectFile('tenants', 'contoso.yaml'), 'contoso.yaml');
  const configure = async (lines: object[], terms: object = {}) => {
    const file = { ...base, tenant, notify: lines, approvals: { ...base.approvals, ...terms } };
    return (await activities.storeTenantFile({ tenant, file })).version;
  };
  await configure(notify, approvals);
  let run = 0;
  return {
    tenant,
    clock,
    refuse,
    activities,
    configure,
    /** A cycle whose plan holds changes of these people, or that meets trouble. */
    async cycle({ held = [], cycleError = null }: { held?: string[]; cycleError?: CycleError | null }) {
      run += 1;
      const key = await activities.openCycle({ tenant, runId: `run-${run}`, full: false, fresh: false });
      const rows = held.map((name) => ({
        change: heldChange(name),
        status: 'held' as const,
        label: '',
        approval: null,
        failure: null,
      }));
      await storePlan(store.database, tenant, key.cycle, rows, []);
      await markPlanned(store.database, tenant, key.cycle, 0, '2026-11-24');
      if (cycleError === null) await activities.openApprovals(key);
      return await activities.finishCycle({ tenant, cycle: key.cycle, cycleError });
    },
    /** What arrives when everybody is told who has not been. */
    async told(): Promise<string[]> {
      sent.length = 0;
      for (const channel of await activities.listChannelsToNotify({ tenant })) {
        await activities.sendNotifications({ tenant, channel });
      }
      return sent.map(({ to, title }) => `${to}: ${title.replace('Timely sync of T', 'T')}`).sort();
    },
  };
}

function heldChange(name: string): Change {
  return {
    kind: 'invite',
    subject: { type: 'person', personId: name, timelyId: null, email: `${name}@contoso.example`, name },
    reason: 'joiner',
    before: null,
    after: { role: 'employee' },
    fingerprint: `invite ${name}`,
    hold: { rule: 'sensitive', detail: 'because' },
    refusal: null,
  };
}

const cycleError = (health: CycleError['health']): CycleError => ({
  health,
  message: 'It failed.',
  remedy: 'Mend it.',
});

describe('requests', () => {
  test('forty of one cycle are one message, and nobody is told again', async () => {
    const { cycle, told } = await arrange([hook]);
    const people = Array.from({ length: 40 }, (_, index) => `person-${index}`);
    const { channels } = await cycle({ held: people });
    expect(channels).toEqual([expect.stringMatching(/^webhook-[0-9a-f]{12}$/)]);
    expect(await told()).toEqual(['webhook: T: 40 requests for approval']);
    expect(await told()).toEqual([]);
    expect((await cycle({ held: people })).channels).toEqual([]);
    await cycle({ held: [...people, 'one-more'] });
    expect(await told()).toEqual(['webhook: T: request T/41 for approval']);
  });

  test('they remind until they escalate, and expire, by the terms they were opened with', async () => {
    const { cycle, told, clock, configure, activities, tenant } = await arrange([hook, boss], {
      approvers: 2,
    });
    await cycle({ held: ['ada'] });
    expect(await told()).toEqual(['webhook: T: request T/1 for approval']);
    const version = await configure([hook, boss], { remindAfter: '1h', escalateAfter: '2h', approvers: 1 });
    clock.ms += 23 * hour;
    expect(await told()).toEqual([]);
    clock.ms += hour;
    expect(await told()).toEqual(['webhook: T: reminder, request T/1 still waits for an answer']);
    expect(await told()).toEqual([]);
    clock.ms += 24 * hour;
    expect(await told()).toEqual([
      'email: T: escalation, nobody has answered request T/1',
      'webhook: T: escalation, nobody has answered request T/1',
    ]);
    clock.ms += 72 * hour;
    expect(await told()).toEqual([]);
    clock.ms += 48 * hour;
    expect(await told()).toEqual(['webhook: T: request T/1 expired without an answer']);
    await activities.expireApproval({ tenant, approval: 1, configurationVersion: version });
    expect(await told()).toEqual([]);
  });

  test('one that was answered, or has ended by itself, is told of no more', async () => {
    const { cycle, told, clock, tenant } = await arrange([hook]);
    await cycle({ held: ['ada', 'bo'] });
    await told();
    const answer = {
      decision: 'approve',
      by: 'it-lead',
      note: '',
      channel: 'update',
      only: [],
      except: [],
    } as const;
    const now = new Date(clock.ms);
    await recordDecision(store.database, {
      ...answer,
      only: [],
      except: [],
      tenant,
      number: 1,
      id: 'x',
      approversNeeded: 1,
      now,
    });
    await cycle({});
    clock.ms += 200 * hour;
    expect(await told()).toEqual([]);
  });

  test('a channel that comes later is told what waits, and one that goes is told nothing', async () => {
    const { cycle, told, configure } = await arrange([]);
    expect((await cycle({ held: ['ada'] })).channels).toEqual([]);
    await configure([hook]);
    expect(await told()).toEqual(['webhook: T: request T/1 for approval']);
    await configure([]);
    await cycle({ held: ['ada', 'bo'] });
    expect(await told()).toEqual([]);
  });

  test('who has approved so far is said by number where names are not to be shown', async () => {
    const messages: Message[] = [];
    const { cycle, tenant, clock } = await arrange([hook], { approvers: 2 });
    await cycle({ held: ['ada'] });
    await recordDecision(store.database, {
      tenant,
      number: 1,
      id: 'x',
      channel: 'update',
      decision: 'approve',
      by: 'anna@contoso.example',
      note: '',
      only: [],
      except: [],
      approversNeeded: 2,
      now: new Date(clock.ms),
    });
    const tell = async (_address: ChannelAddress, message: Message) => void messages.push(message);
    const services: Services = {
      ...createServices(store.database, Buffer.alloc(32, 7), () => noMeter, null, {
        notifier: tell,
        ui: null,
      }),
      now: () => new Date(clock.ms + 24 * hour),
    };
    const { sendNotifications, listChannelsToNotify } = createActivities(services);
    for (const channel of await listChannelsToNotify({ tenant }))
      await sendNotifications({ tenant, channel });
    expect(JSON.stringify(messages)).toContain('so far anna@contoso.example did');
    const base = parseTenantFile(projectFile('tenants', 'contoso.yaml'), 'contoso.yaml');
    const shy = { ...base, tenant, notify: [boss], privacy: { ...base.privacy, labels: 'ids' as const } };
    await storeConfiguration(store.database, tenant, { ...shy, notify: [{ ...boss, only: ['request'] }] });
    await cycle({ held: ['ada', 'bo'] });
    messages.length = 0;
    for (const channel of await listChannelsToNotify({ tenant }))
      await sendNotifications({ tenant, channel });
    const bo = JSON.stringify(
      messages.flatMap(({ items }) => items.filter(({ title }) => title.includes('/2'))),
    );
    expect(bo).toContain('invite #1');
    expect(bo).not.toContain('bo@contoso.example');
  });
});

describe('channels that fail', () => {
  test('a message that is refused for good is given up and told as a finding, the next one is tried', async () => {
    const { cycle, told, refuse, activities, tenant, clock } = await arrange([hook]);
    await cycle({ held: ['ada'] });
    refuse.with = new ConfigurationError('The webhook refused a message with 404.', { remedy: 'See to it.' });
    expect(await told()).toEqual([]);
    refuse.with = null;
    expect(await told()).toEqual([]);
    const problems = async () => {
      const { channelFindings } = await import('../../../activities/notifications/notify.ts');
      return await channelFindings(
        createServices(store.database, Buffer.alloc(32), () => noMeter, null),
        tenant,
      );
    };
    expect(await problems()).toEqual([
      {
        kind: 'channel-failing',
        subject: 'webhook ops.contoso.example',
        message: 'The last message did not arrive. The webhook refused a message with 404. See to it.',
      },
    ]);
    clock.ms += hour;
    await cycle({ held: ['ada', 'bo'] });
    expect(await told()).toEqual(['webhook: T: request T/2 for approval']);
    expect(await problems()).toEqual([]);
    expect(await activities.listChannelsToNotify({ tenant })).toEqual([]);
  });

  test('one that is away is tried again until it is given up', async () => {
    const { cycle, told, refuse, activities, tenant } = await arrange([hook]);
    await cycle({ held: ['ada'] });
    refuse.with = new TransientError('The webhook answered 503.');
    await expect(told()).rejects.toThrow('503');
    const [channel = ''] = await activities.listChannelsToNotify({ tenant });
    await activities.recordUndelivered({ tenant, channel, problem: 'The webhook answered 503.' });
    refuse.with = null;
    expect(await told()).toEqual([]);
  });
});

describe('a tenant in trouble', () => {
  test('is told of once, and once when it is well again', async () => {
    const { cycle, told, clock } = await arrange([hook, boss]);
    await cycle({});
    await cycle({ cycleError: cycleError('needs-consent') });
    expect(await told()).toEqual(['webhook: T needs somebody: needs-consent']);
    clock.ms += hour;
    await cycle({ cycleError: cycleError('needs-consent') });
    expect(await told()).toEqual([]);
    await cycle({});
    expect(await told()).toEqual(['webhook: T: all is well again']);
    await cycle({});
    expect(await told()).toEqual([]);
  });

  test('a side that is away is told after three intervals without a good cycle', async () => {
    const { cycle, told, clock } = await arrange([hook]);
    const since = new Date(clock.ms).toISOString();
    await cycle({ cycleError: cycleError('source-down') });
    clock.ms += 14 * 60_000;
    await cycle({ cycleError: cycleError('target-down') });
    expect(await told()).toEqual([]);
    clock.ms += 60_000;
    await cycle({ cycleError: cycleError('source-down') });
    expect(await told()).toEqual([`webhook: T: no good cycle since ${since} (source-down)`]);
  });

  test('who was not told of the trouble is not told of its end', async () => {
    const { cycle, told, refuse } = await arrange([hook]);
    await cycle({ cycleError: cycleError('needs-consent') });
    refuse.with = new ConfigurationError('The webhook refused a message with 404.');
    await told();
    refuse.with = null;
    await cycle({});
    expect(await told()).toEqual([]);
  });
});
