import { afterEach, expect, test } from '@jest/globals';
import { endProcess, startWorld, until, type World } from '../support/world.ts';

const worlds: World[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

async function newWorld(): Promise<World> {
  // Slow enough that there is a middle of the cycle to be killed in.
  const world = await startWorld({
    editFile: (text) => text.replace('requestsPerSecond: 50', 'requestsPerSecond: 25'),
  });
  worlds.push(world);
  return world;
}

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

test('a worker killed in the middle of a cycle leaves nothing undone, and nobody has two mails', async () => {
  const [undisturbed, disturbed] = await Promise.all([newWorld(), newWorld()]);
  await undisturbed.startWorker();
  await undisturbed.start();

  const first = await disturbed.startWorker();
  await disturbed.configure();
  await until('a third of the invitations', async () => (disturbed.writes().length >= 15 ? true : null));
  await endProcess(first);
  const writesAtKill = disturbed.writes().length;
  expect(writesAtKill).toBeLessThan(undisturbed.writes().length);

  await disturbed.startWorker();
  await disturbed.untilCycle(0);
  expect(endState(disturbed)).toEqual(endState(undisturbed));
  for (const email of disturbed.present()) {
    expect(disturbed.sandbox.timely.state.mailsTo(email)).toBeLessThanOrEqual(1);
  }
}, 120_000);
