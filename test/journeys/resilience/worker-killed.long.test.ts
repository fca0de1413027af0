import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { applyPlanWorkflowId } from '../../../workflows/messages.ts';
import { endProcess } from '../../support/program.ts';
import { rates } from '../../support/rates.ts';
import { slowWorlds, untilMiddle } from '../../support/slow-worlds.ts';
import type { World } from '../../support/world.ts';

const worlds = slowWorlds();
let undisturbed: World;

beforeAll(async () => {
  undisturbed = await worlds.open(rates.batched);
  await undisturbed.startWorker();
  await undisturbed.start();
}, 90_000);
afterAll(worlds.closeAll);

/** Returns the visible state of Timely: users with roles, and teams with members. */
function endState({ sandbox }: World) {
  const { state } = sandbox.timely;
  const email = (id: number) => state.user(id)?.email.toLowerCase() ?? `user ${id}`;
  return {
    people: state.present
      .map(
        (user) =>
          `${user.email.toLowerCase()} ${state.role(user.role_id)?.name} ${user.external_id ? 'ours' : 'not ours'}`,
      )
      .sort(),
    removed: state.removed.map((user) => user.email.toLowerCase()).sort(),
    teams: state.teams
      .map(({ name, users }) => ({
        name,
        users: users.map((user) => `${email(user.user_id)} ${user.lead} ${user.hide_hours}`).sort(),
      }))
      .sort((a, b) => a.name.localeCompare(b.name)),
  };
}

/** Returns the types of the activities of the first batch with invitations. */
async function activityTypes({ client, tenant }: World): Promise<Set<string>> {
  const { events } = await client.workflow.getHandle(applyPlanWorkflowId(tenant, 1, 1)).fetchHistory();
  const scheduled = (events ?? []).map((event) => event.activityTaskScheduledEventAttributes);
  return new Set(scheduled.map((attributes) => attributes?.activityType?.name ?? ''));
}

// Slow enough to kill the worker in the middle of a cycle. Above 60 a second, one activity applies ten changes.
test.each([
  { perSecond: 25, latencyMs: 0, each: 'applyChange' },
  { perSecond: 100, latencyMs: 300, each: 'applyChanges' },
])(
  'a cycle ends right without second mails when its worker is killed at $perSecond a second',
  async ({ perSecond, latencyMs, each }) => {
    const disturbed = await worlds.open(perSecond);
    if (latencyMs > 0) disturbed.sandbox.timely.faults.set('latency', { milliseconds: latencyMs });
    const first = await disturbed.startWorker();
    await disturbed.configure();
    await untilMiddle(disturbed);
    await endProcess(first);
    const writesAtKill = disturbed.writes().length;
    expect(writesAtKill).toBeLessThan(undisturbed.writes().length);

    await disturbed.startWorker();
    await disturbed.untilCycle(0);
    expect(await activityTypes(disturbed)).toContain(each);
    expect(endState(disturbed)).toEqual(endState(undisturbed));
    for (const email of disturbed.present()) {
      expect(disturbed.sandbox.timely.state.mailsTo(email)).toBeLessThanOrEqual(1);
    }
  },
  120_000,
);
