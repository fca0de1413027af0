/**
 * A running tenant with a faulty directory. No limit of the tenant file holds a removal, so that only the checks of the
 * read protect people.
 */
import { expect } from '@jest/globals';
import type { FaultSetting } from '../../../simulators/faults.ts';
import type { MicrosoftFault } from '../../../simulators/microsoft/faults/faults.ts';
import type { TenantStatus } from '../../../workflows/messages.ts';
import { startWorld, type World } from '../../support/world.ts';

export type SetFault = [name: MicrosoftFault, setting?: FaultSetting];
export type FaultyDirectory = Awaited<ReturnType<typeof startFaultyDirectory>>;

/** Small pages, so that each round has several. */
const smallPages = { objects: 20, links: 10 };

export async function startFaultyDirectory() {
  const world = await startWorld({
    editFile: (text) =>
      text
        .replace('removals: { max: 10, percent: 10,', 'removals: { max: 1000, percent: 100,')
        .replace('teamShrink: { percent: 50, min: 5 }', 'teamShrink: { percent: 100, min: 1000 }')
        .replace('firstCycle: { removals: hold }', 'firstCycle: { removals: allow }')
        // Each full cycle looks at each open approval again.
        .replace('timelyRoles: [admin]', 'timelyRoles: []')
        .replace('groups: [Executives]', 'groups: []'),
  });
  const { microsoft } = world.sandbox;
  microsoft.options.deltaPage = smallPages;
  await world.startWorker();
  let newcomers = 0;
  const join = () => {
    newcomers += 1;
    // Letters number the newcomers, because Timely takes no digits in names.
    const displayName = `Newcomer ${String.fromCharCode(64 + newcomers)}`;
    const groups = ['Timely Users', 'Design Guild'];
    const user = microsoft.state.join({ displayName, department: 'Design', groups });
    return { id: user.id, email: String(user.properties.mail) };
  };
  let leaver = join();
  await world.start();

  return {
    world,
    microsoft,
    /**
     * One person leaves and one joins. A cycle reads that under the faults, and a healthy one follows. The first may remove
     * only the leaver. After the second, Timely has exactly the right people.
     */
    async cycleUnder(faults: SetFault[], { full = false } = {}): Promise<TenantStatus> {
      const before = standing(world);
      const newcomer = join();
      microsoft.state.change(leaver.id, { accountEnabled: false });
      const after = withoutAndWith(before, leaver.email, newcomer.email);
      for (const [name, setting] of faults) microsoft.faults.set(name, setting);
      const status = await world.cycle({ full });
      expect(microsoft.faults.unfired()).toEqual([]);
      expectNoneLost(standing(world), withoutAndWith(before, leaver.email));
      microsoft.faults.clear();
      await world.cycle();
      expect(standing(world)).toEqual(after);
      leaver = newcomer;
      return status;
    },
  };
}

/** The users and teams of Timely. */
export interface Standing {
  present: string[];
  teams: Record<string, string[]>;
}

export function standing(world: World): Standing {
  const names = world.sandbox.timely.state.teams.map(({ name }) => name).sort();
  return {
    present: world.present(),
    teams: Object.fromEntries(names.map((name) => [name, world.team(name)])),
  };
}

/** Returns a standing without a leaver and with a newcomer, who is in the teams of the department and the guild. */
function withoutAndWith({ present, teams }: Standing, leaver: string, newcomer?: string): Standing {
  const changed = (emails: string[]) =>
    [...emails.filter((email) => email !== leaver), ...(newcomer ? [newcomer] : [])].sort();
  const kept = Object.entries(teams).map(([name, members]) => {
    const follows = name === 'Design' || name === 'Design Guild';
    return [name, follows ? changed(members) : members];
  });
  return { present: changed(present), teams: Object.fromEntries(kept) };
}

function expectNoneLost(now: Standing, expected: Standing): void {
  expect(now.present).toEqual(expect.arrayContaining(expected.present));
  for (const [name, members] of Object.entries(expected.teams)) {
    expect(now.teams[name]).toEqual(expect.arrayContaining(members));
  }
}
