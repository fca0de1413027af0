/** Tenants whose notifications are sent to a list: the real activities over a real store, and a clock. */
import { openSyncCycle, openUndoCycle } from '../../../activities/cycle/open-cycle.ts';
import { createActivities } from '../../../activities/index.ts';
import { createServices, noWorkflows, type Services } from '../../../activities/services.ts';
import { parseTenantFile } from '../../../config/tenant-file.ts';
import type { CycleError } from '../../../domain/contract/report.ts';
import { noMeter } from '../../../domain/meter.ts';
import type { ChannelAddress } from '../../../domain/notifications/notification.ts';
import type { Change, Finding } from '../../../domain/plan/change.ts';
import type { Message } from '../../../notify/message.ts';
import { recordDecision } from '../../../store/approvals/decisions.ts';
import type { Database } from '../../../store/database.ts';
import { storePlanFacts } from '../../../store/planning/cycles.ts';
import { storePlan } from '../../../store/planning/plans.ts';
import { markPlanned } from '../../../store/tenants.ts';
import { sandboxPolicy } from '../../config/policy.ts';
import { projectFile } from '../../production/files.ts';

let tenants = 0;

/** A tenant with these channels, whose clock and channels the test moves. */
export async function arrangeChannels(database: Database, notify: object[], approvals: object = {}) {
  tenants += 1;
  const tenant = `tenant-${tenants}`;
  const clock = { ms: Date.parse('2026-11-24T09:00:00Z') };
  const sent: { to: string; title: string }[] = [];
  const messages: Message[] = [];
  const refuse: { with: Error | null } = { with: null };
  const notifier = async (address: ChannelAddress, message: Message) => {
    if (refuse.with) throw refuse.with;
    sent.push({ to: address.kind, title: message.title.replaceAll(tenant, 'T') });
    messages.push(message);
  };
  let woken: readonly string[] = [];
  const notifyChannels = async (_tenant: string, channels: readonly string[]) => {
    woken = channels;
  };
  const services: Services = {
    ...createServices(database, Buffer.alloc(32, 7), sandboxPolicy(), () => noMeter, null, {
      notifier,
      ui: null,
    }),
    now: () => new Date(clock.ms),
    workflows: { ...noWorkflows, notifyChannels },
  };
  const activities = createActivities(services);
  const base = parseTenantFile(projectFile('tenants', 'contoso.yaml'), 'contoso.yaml');
  const configure = async (lines: object[], terms: object = {}, more: object = {}) => {
    const file = { ...base, tenant, notify: lines, approvals: { ...base.approvals, ...terms }, ...more };
    return (await activities.storeTenantFile({ tenant, file })).version;
  };
  await configure(notify, approvals);
  let run = 0;
  const began: string[] = [];
  async function storePlanOf(cycle: number, held: string[], found: Finding[]): Promise<void> {
    began[cycle] = new Date(clock.ms).toISOString();
    const rows = held.map((name) => ({
      change: heldChange(name),
      status: 'held' as const,
      label: '',
      approval: null,
      failure: null,
    }));
    await storePlan(database, tenant, cycle, rows, found);
    await storePlanFacts(database, tenant, cycle, { planCycle: cycle, inScope: 0, unchanged: 0 });
    await markPlanned(database, tenant, cycle, 0, '2026-11-24');
  }
  async function dueChannels(): Promise<readonly string[]> {
    woken = [];
    await activities.notifyDueChannels({ tenant });
    return woken;
  }

  return {
    tenant,
    clock,
    refuse,
    services,
    activities,
    configure,
    /** All messages that arrived, the newest last. */
    messages,
    /** A cycle whose plan holds changes of these people and found these facts, or that fails. */
    async cycle({
      held = [],
      found = [],
      cycleError = null,
    }: {
      held?: string[];
      found?: Finding[];
      cycleError?: CycleError | null;
    }) {
      run += 1;
      const key = await openSyncCycle(services, { tenant, opening: `run-${run}`, fresh: false });
      await storePlanOf(key.cycle, held, found);
      if (cycleError === null) await activities.openApprovals(key);
      woken = [];
      const finished = await activities.finishCycle({ tenant, cycle: key.cycle, cycleError });
      return { ...finished, channels: woken };
    },
    dueChannels,
    /** The plan of an undo of the first cycle. */
    async undoPlan(found: Finding[]): Promise<void> {
      const { cycle } = await openUndoCycle(services, { tenant, undoes: 1, opening: 'undo' });
      await storePlanOf(cycle, [], found);
      await activities.finishCycle({ tenant, cycle, cycleError: null });
    },
    /** When a cycle began. */
    startedAt: (cycle: number) => began[cycle],
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
      for (const channel of await dueChannels()) {
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
