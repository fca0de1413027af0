import { afterEach, expect, test } from '@jest/globals';
import { applyPlanWorkflowId } from '../../../workflows/messages.ts';
import { endProcess } from '../../support/program.ts';
import { slowWorlds, untilMiddle } from '../../support/slow-worlds.ts';
import type { World } from '../../support/world.ts';

const worlds = slowWorlds();
afterEach(worlds.closeAll);

/** What an onlooker sees of Timely: who is there with which role, and who is in which team how. */
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

/** Activities that the first part with invitations began, by their type. */
async function activityTypes({ client, tenant }: World): Promise<Set<string>> {
  const { events } = await client.workflow.getHandle(applyPlanWorkflowId(tenant, 1, 1)).fetchHistory();
  const scheduled = (events ?? []).map((event) => event.activityTaskScheduledEventAttributes);
  return new Set(scheduled.map((attributes) => attributes?.activityType?.name ?? ''));
}

// Both are slow enough that there is a middle of the cycle to be killed in; above 60 one activity applies ten changes.
test.each([
  { perSecond: 25, latencyMs: 0, each: 'applyChange' },
  { perSecond: 100, latencyMs: 300, each: 'applyChanges' },
])(
  'a worker killed in the middle of a cycle at $perSecond a second leaves nothing undone, and nobody has two mails',
  async ({ perSecond, latencyMs, each }) => {
    const [undisturbed, disturbed] = await Promise.all([worlds.open(perSecond), worlds.open(perSecond)]);
    if (latencyMs > 0) disturbed.sandbox.timely.faults.set('latency', { milliseconds: latencyMs });
    await undisturbed.startWorker();
    await undisturbed.start();

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
