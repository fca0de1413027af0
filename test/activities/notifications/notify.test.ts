/** Which notifications are due, each once: the real activities over a real store, and a clock. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createActivities } from '../../../activities/index.ts';
import { createServices, type Services } from '../../../activities/services.ts';
import { parseTenantFile } from '../../../config/tenant-file.ts';
import type { CycleError } from '../../../domain/contract/report.ts';
import { ConfigurationError, TransientError } from '../../../domain/errors.ts';
import { noMeter } from '../../../domain/meter.ts';
import type { ChannelAddress } from '../../../domain/notifications/notification.ts';
import type { Message } from '../../../notify/message.ts';
import { storeConfiguration } from '../../../store/tenants.ts';
import { sandboxPolicy } from '../../config/policy.ts';
import { projectFile } from '../../production/files.ts';
import { openTestStore } from '../../support/database.ts';
import { arrangeChannels } from './arrange-channels.ts';

const hour = 3_600_000;
const hook = { webhook: 'https://ops.contoso.example/secret' };
const boss = { email: ['boss@contoso.example'], only: ['escalation'] };

let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const arrange = (notify: object[], approvals: object = {}) =>
  arrangeChannels(store.database, notify, approvals);

const cycleError = (health: CycleError['health']): CycleError => ({
  health,
  message: 'It failed.',
  remedy: 'Mend it.',
});

const twoApprovers = { approvers: 2, who: ['anna@contoso.example', 'ben@contoso.example'] };

describe('approvals', () => {
  test('sends one message for twenty of one cycle, and none again', async () => {
    const { cycle, sendDue } = await arrange([hook]);
    const people = Array.from({ length: 20 }, (_, index) => `person-${index}`);
    const { channels } = await cycle({ held: people });
    expect(channels).toEqual([expect.stringMatching(/^webhook-[0-9a-f]{12}$/)]);
    expect(await sendDue()).toEqual(['webhook: T: 20 requests for approval']);
    expect(await sendDue()).toEqual([]);
    expect((await cycle({ held: people })).channels).toEqual([]);
    await cycle({ held: [...people, 'one-more'] });
    expect(await sendDue()).toEqual(['webhook: T: request T/21 for approval']);
  });

  test('remind, escalate and expire by the terms they were opened with', async () => {
    const { cycle, sendDue, clock, configure, activities, tenant } = await arrange([hook, boss], {
      ...twoApprovers,
    });
    await cycle({ held: ['ada'] });
    expect(await sendDue()).toEqual(['webhook: T: request T/1 for approval']);
    await configure([hook, boss], { remindAfter: '1h', escalateAfter: '2h', approvers: 1 });
    clock.ms += 23 * hour;
    expect(await sendDue()).toEqual([]);
    clock.ms += hour;
    expect(await sendDue()).toEqual(['webhook: T: reminder, request T/1 still waits for a decision']);
    expect(await sendDue()).toEqual([]);
    clock.ms += 24 * hour;
    expect(await sendDue()).toEqual([
      'email: T: escalation, no decision yet on request T/1',
      'webhook: T: escalation, no decision yet on request T/1',
    ]);
    clock.ms += 72 * hour;
    expect(await sendDue()).toEqual([]);
    clock.ms += 48 * hour;
    expect(await sendDue()).toEqual(['webhook: T: request T/1 expired without a decision']);
    await activities.expireApproval({ tenant, approval: 1 });
    expect(await sendDue()).toEqual([]);
  });

  test('send nothing after a decision, or when they have ended by themselves', async () => {
    const { cycle, sendDue, clock, approve } = await arrange([hook]);
    await cycle({ held: ['ada', 'bo'] });
    await sendDue();
    await approve('it-lead', 1);
    await cycle({});
    clock.ms += 200 * hour;
    expect(await sendDue()).toEqual([]);
  });

  test('go to a channel that is added later, and not to one that was removed', async () => {
    const { cycle, sendDue, configure } = await arrange([]);
    expect((await cycle({ held: ['ada'] })).channels).toEqual([]);
    await configure([hook]);
    expect(await sendDue()).toEqual(['webhook: T: request T/1 for approval']);
    await configure([]);
    await cycle({ held: ['ada', 'bo'] });
    expect(await sendDue()).toEqual([]);
  });

  test('number the people who have approved so far when names may not be shown', async () => {
    const messages: Message[] = [];
    const { cycle, tenant, clock, approve, dueChannels } = await arrange([hook], twoApprovers);
    await cycle({ held: ['ada'] });
    await approve('anna@contoso.example', 2);
    const notifier = async (_address: ChannelAddress, message: Message) => void messages.push(message);
    const services: Services = {
      ...createServices(store.database, Buffer.alloc(32, 7), sandboxPolicy(), () => noMeter, null, {
        notifier,
        ui: null,
      }),
      now: () => new Date(clock.ms + 24 * hour),
    };
    const { sendNotifications } = createActivities(services);
    for (const channel of await dueChannels()) await sendNotifications({ tenant, channel });
    expect(JSON.stringify(messages)).toContain('so far: anna@contoso.example');
    const base = parseTenantFile(projectFile('tenants', 'contoso.yaml'), 'contoso.yaml');
    const shy = { ...base, tenant, notify: [boss], privacy: { ...base.privacy, labels: 'ids' as const } };
    await storeConfiguration(store.database, tenant, { ...shy, notify: [{ ...boss, only: ['request'] }] });
    await cycle({ held: ['ada', 'bo'] });
    messages.length = 0;
    for (const channel of await dueChannels()) await sendNotifications({ tenant, channel });
    const bo = JSON.stringify(
      messages.flatMap(({ items }) => items.filter(({ title }) => title.includes('/2'))),
    );
    expect(bo).toContain('invite #1');
    expect(bo).not.toContain('bo@contoso.example');
  });
});

describe('channels that fail', () => {
  test('give up a message that is refused for good, report a finding, and get the next one', async () => {
    const { cycle, sendDue, refuse, tenant, clock, dueChannels } = await arrange([hook]);
    await cycle({ held: ['ada'] });
    refuse.with = new ConfigurationError('The webhook refused a message with 404.', { remedy: 'See to it.' });
    expect(await sendDue()).toEqual([]);
    refuse.with = null;
    expect(await sendDue()).toEqual([]);
    const problems = async () => {
      const { channelFindings } = await import('../../../activities/notifications/notify.ts');
      return await channelFindings(
        createServices(store.database, Buffer.alloc(32), sandboxPolicy(), () => noMeter, null),
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
    expect(await sendDue()).toEqual(['webhook: T: request T/2 for approval']);
    expect(await problems()).toEqual([]);
    expect(await dueChannels()).toEqual([]);
  });

  test('get a message again after an outage until it is given up', async () => {
    const { cycle, sendDue, refuse, activities, tenant, dueChannels } = await arrange([hook]);
    await cycle({ held: ['ada'] });
    refuse.with = new TransientError('The webhook answered 503.');
    await expect(sendDue()).rejects.toThrow('503');
    const [channel = ''] = await dueChannels();
    await activities.recordUndelivered({ tenant, channel, problem: 'The webhook answered 503.' });
    refuse.with = null;
    expect(await sendDue()).toEqual([]);
  });
});

describe('outages', () => {
  test('send one message, and one when the tenant is well again', async () => {
    const { cycle, sendDue, clock } = await arrange([hook, boss]);
    await cycle({});
    await cycle({ cycleError: cycleError('needs-consent') });
    expect(await sendDue()).toEqual(['webhook: T needs attention: needs-consent']);
    clock.ms += hour;
    await cycle({ cycleError: cycleError('needs-consent') });
    expect(await sendDue()).toEqual([]);
    await cycle({});
    expect(await sendDue()).toEqual(['webhook: T: all is well again']);
    await cycle({});
    expect(await sendDue()).toEqual([]);
  });

  test('send a message about a side that is down after three intervals without a good cycle', async () => {
    const { cycle, sendDue, clock } = await arrange([hook]);
    const since = new Date(clock.ms).toISOString();
    await cycle({ cycleError: cycleError('source-down') });
    clock.ms += 14 * 60_000;
    await cycle({ cycleError: cycleError('target-down') });
    expect(await sendDue()).toEqual([]);
    clock.ms += 60_000;
    await cycle({ cycleError: cycleError('source-down') });
    expect(await sendDue()).toEqual([`webhook: T: no good cycle since ${since} (source-down)`]);
  });

  test('send the end only to channels that got the beginning', async () => {
    const { cycle, sendDue, refuse } = await arrange([hook]);
    await cycle({ cycleError: cycleError('needs-consent') });
    refuse.with = new ConfigurationError('The webhook refused a message with 404.');
    await sendDue();
    refuse.with = null;
    await cycle({});
    expect(await sendDue()).toEqual([]);
  });
});
