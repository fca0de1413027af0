/** Tenants whose notifications are sent to a list: the real activities over a real store, and a clock. */
import { createActivities } from '../../../activities/index.ts';
import { createServices, type Services } from '../../../activities/services.ts';
import { parseTenantFile } from '../../../config/tenant-file.ts';
import type { CycleError } from '../../../domain/contract/report.ts';
import { noMeter } from '../../../domain/meter.ts';
import type { ChannelAddress } from '../../../domain/notifications/notification.ts';
import type { Change } from '../../../domain/plan/change.ts';
import type { Message } from '../../../notify/message.ts';
import { recordDecision } from '../../../store/approvals/decisions.ts';
import type { Database } from '../../../store/database.ts';
import { storePlan } from '../../../store/planning/plans.ts';
import { markPlanned } from '../../../store/tenants.ts';
import { projectFile } from '../../production/files.ts';

let tenants = 0;

/** A tenant with these channels, whose clock and channels the test moves. */
export async function arrangeChannels(database: Database, notify: object[], approvals: object = {}) {
  tenants += 1;
  const tenant = `tenant-${tenants}`;
  const clock = { ms: Date.parse('2026-11-24T09:00:00Z') };
  const sent: { to: string; title: string }[] = [];
  const refuse: { with: Error | null } = { with: null };
  const notifier = async (address: ChannelAddress, { title }: Message) => {
    if (refuse.with) throw refuse.with;
    sent.push({ to: address.kind, title: title.replaceAll(tenant, 'T') });
  };
  const services: Services = {
    ...createServices(database, Buffer.alloc(32, 7), () => noMeter, null, { notifier, ui: null }),
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
    /** A cycle whose plan holds changes of these people, or that fails. */
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
      await storePlan(database, tenant, key.cycle, rows, []);
      await markPlanned(database, tenant, key.cycle, 0, '2026-11-24');
      if (cycleError === null) await activities.openApprovals(key);
      return await activities.finishCycle({ tenant, cycle: key.cycle, cycleError });
    },
    async approve(by: string, approversNeeded: number): Promise<void> {
      await recordDecision(database, {
        tenant,
        number: 1,
        id: by,
        decision: 'approve',
        by,
        note: '',
        channel: 'update',
        only: [],
        except: [],
        approversNeeded,
        now: new Date(clock.ms),
      });
    },
    /** Sends everything that is due, and returns what arrived. */
    async sendDue(): Promise<string[]> {
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
