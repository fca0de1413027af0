/**
 * The sandbox's company with a faulty directory, without Temporal. No limit of the tenant file holds a removal, so that only the
 * checks of the read protect people.
 */
import { join as joinPath } from 'node:path';
import { expect } from '@jest/globals';
import { SyncError } from '../../../domain/errors.ts';
import type { NewPerson } from '../../../simulators/directory.ts';
import type { FaultSetting, Faults } from '../../../simulators/faults.ts';
import type { Sandbox } from '../../../simulators/sandbox.ts';
import type { Standing } from './contoso.ts';
import { type DirectoryWorld, openReader } from './directory-world.ts';
import { expectNoneLost, noLimitInReach, withoutAndWith } from './faulty-directory.ts';
import { cycle, presentIn, type SandboxCycle } from './sandbox-cycle.ts';

/** A directory that a test makes faulty. */
export interface FaultyKind<Fault extends string, Leave extends string> {
  /** In `tenants/`. */
  tenantFile: string;
  editFile?(text: string): string;
  open(sandbox: Sandbox): {
    faults: Faults<Fault>;
    join(person: NewPerson): { id: string; email: string };
    leave(id: string, how: Leave): void;
    /** Changes so many people that a list of changes has several pages. */
    changeMany(mark: string): void;
  };
  /** How somebody leaves unless a test says so. */
  leave: Leave;
  /** What ends by time alone after the faults. */
  recover?(world: DirectoryWorld): Promise<void>;
}

interface CycleUnder<Leave> {
  full?: boolean;
  leave?: Leave;
}

/** Longer than every overlap of a read of changes. */
const betweenCyclesMs = 20 * 60_000;

export async function openFaultyCompany<Fault extends string, Leave extends string>(
  kind: FaultyKind<Fault, Leave>,
) {
  const clock = { aheadMs: 0 };
  const reader = await openReader();
  const file = joinPath(import.meta.dirname, '..', '..', '..', 'tenants', kind.tenantFile);
  const world = await reader.world(undefined, { file, clock });
  const editFile = kind.editFile ?? ((text) => text);
  const limitless = (text: string) =>
    editFile(
      noLimitInReach(text)
        .replace('requestsPerSecond: 50', 'requestsPerSecond: 1000')
        .replace('invitations: { max: 100 }', 'invitations: { max: 1000 }'),
    );
  await world.configure(limitless);
  const { timely } = world.sandbox;
  timely.state.account.seats = 1_000;
  const directory = kind.open(world.sandbox);
  const { faults } = directory;
  let newcomers = 0;

  function join() {
    newcomers += 1;
    // Letters number the newcomers, because Timely takes no digits in names.
    const letter = (place: number) => String.fromCharCode(97 + (place % 26));
    const displayName = `Newcomer N${letter(newcomers / 26)}${letter(newcomers)}`;
    const groups = ['Timely Users', 'Design Guild'];
    return directory.join({ displayName, department: 'Design', groups });
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
    limitless,
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
      set: [Fault, FaultSetting?][],
      { full = false, leave = kind.leave }: CycleUnder<Leave> = {},
    ): Promise<SandboxCycle | SyncError> {
      const before = standing();
      world.pass(betweenCyclesMs);
      for (const [name, setting] of set) faults.set(name, setting);
      const newcomer = join();
      directory.changeMany(newcomer.id);
      directory.leave(leaver.id, leave);
      const after = withoutAndWith(before, leaver.email, newcomer.email);
      const during = await cycle(world, { full }).catch(syncErrorOf);
      expect(faults.unfired()).toEqual([]);
      expectNoneLost(standing(), withoutAndWith(before, leaver.email));
      faults.clear();
      await kind.recover?.(world);
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
