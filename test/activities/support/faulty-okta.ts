/**
 * The sandbox's company with a faulty Okta, without Temporal. Its pages are small, and no limit of the tenant file holds a
 * removal, so that only the checks of the read protect people.
 */
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { SyncError } from '../../../domain/errors.ts';
import type { FaultSetting } from '../../../simulators/faults.ts';
import type { OktaFault } from '../../../simulators/okta/faults/faults.ts';
import type { Standing } from './contoso.ts';
import { openReader } from './directory-world.ts';
import { expectNoneLost, noLimitInReach, withoutAndWith } from './faulty-directory.ts';
import { cycle, presentIn, type SandboxCycle } from './sandbox-cycle.ts';

export type SetOktaFault = [name: OktaFault, setting?: FaultSetting];
export type FaultyOkta = Awaited<ReturnType<typeof openFaultyOkta>>;

const tenantFile = join(import.meta.dirname, '..', '..', '..', 'tenants', 'contoso-okta.yaml');
/** Longer than every overlap of a read of changes. */
const betweenCyclesMs = 20 * 60_000;
const pageMost = 6;

export async function openFaultyOkta() {
  const clock = { aheadMs: 0 };
  const reader = await openReader();
  const world = await reader.world(undefined, { file: tenantFile, clock });
  await world.configure((text) =>
    noLimitInReach(text).replace('requestsPerSecond: 50', 'requestsPerSecond: 1000'),
  );
  const { okta, timely } = world.sandbox;
  const { state, faults } = okta;
  timely.state.account.seats = 1_000;
  Object.assign(state.behaviour, { pageMost, userGroupsPage: 1, limitFactor: 1_000 });
  let newcomers = 0;

  function join() {
    newcomers += 1;
    // Letters number the newcomers, because Timely takes no digits in names.
    const letter = (place: number) => String.fromCharCode(97 + (place % 26));
    const displayName = `Newcomer N${letter(newcomers / 26)}${letter(newcomers)}`;
    const groups = ['Timely Users', 'Design Guild'];
    const { id, profile } = state.join({ displayName, department: 'Design', groups });
    return { id, email: String(profile.email) };
  }

  function team(name: string): string[] {
    const users = timely.state.teams.find((each) => each.name === name)?.users ?? [];
    return users
      .map(({ user_id }) => timely.state.user(user_id)?.email.toLowerCase() ?? String(user_id))
      .sort();
  }

  const standing = (): Standing => ({
    present: presentIn(world),
    teams: Object.fromEntries(timely.state.teams.map(({ name }) => [name, team(name)])),
  });

  let leaver = join();
  await cycle(world);
  expect(standing().present.length).toBeGreaterThan(40);

  return {
    world,
    okta,
    state,
    faults,
    timely,
    join,
    standing,
    cycle: (options?: { full?: boolean }) => cycle(world, options),
    pass: () => world.pass(betweenCyclesMs),
    /**
     * One person leaves and one joins. A cycle reads that under the faults, and a healthy one follows. The first may remove
     * only the leaver. After the second, Timely has exactly the right people. Returns the first one, or the error of its read.
     */
    async cycleUnder(
      set: SetOktaFault[],
      { full = false, leave = 'deactivated' }: { full?: boolean; leave?: 'deactivated' | 'deleted' } = {},
    ): Promise<SandboxCycle | SyncError> {
      const before = standing();
      world.pass(betweenCyclesMs);
      for (const [name, setting] of set) faults.set(name, setting);
      const newcomer = join();
      for (const { id } of state.users.values().slice(0, 2 * pageMost))
        state.change(id, { city: newcomer.id });
      if (leave === 'deleted') state.purge(leaver.id);
      else state.leave(leaver.id);
      const after = withoutAndWith(before, leaver.email, newcomer.email);
      const during = await cycle(world, { full }).catch(syncErrorOf);
      expect(faults.unfired()).toEqual([]);
      expectNoneLost(standing(), withoutAndWith(before, leaver.email));
      faults.clear();
      world.pass(betweenCyclesMs);
      await cycle(world);
      expect(standing()).toEqual(after);
      leaver = newcomer;
      return during;
    },
    async close(): Promise<void> {
      await world.close();
      await reader.close();
    },
  };
}

function syncErrorOf(error: unknown): SyncError {
  if (error instanceof SyncError) return error;
  throw error;
}
