/** The sandbox's company without Temporal, for tests of many cycles: both simulators, a real store, the real activities. */
import { createActivities } from '../../../activities/index.ts';
import { approveHeld } from './approve-held.ts';
import { openReader } from './directory-world.ts';
import { cycle, presentIn, type SandboxCycle } from './sandbox-cycle.ts';

/** The users and teams of Timely. */
export interface Standing {
  present: string[];
  teams: Record<string, string[]>;
}

export type Contoso = Awaited<ReturnType<typeof openContoso>>;

/** Opens the company before its first cycle. `edit` changes the sandbox's tenant file. */
export async function openContoso(edit: (text: string) => string) {
  const reader = await openReader();
  const world = await reader.world();
  const { microsoft, timely } = world.sandbox;
  await world.configure((text) =>
    edit(
      text
        .replace('leads: managers', 'leads: keep')
        .replace('requestsPerSecond: 50', 'requestsPerSecond: 1000'),
    ),
  );

  function team(name: string): string[] {
    const found = timely.state.teams.find((candidate) => candidate.name === name);
    if (!found) throw new Error(`Timely has no team ${name}.`);
    return found.users
      .map(({ user_id }) => timely.state.user(user_id)?.email.toLowerCase() ?? String(user_id))
      .sort();
  }

  return {
    world,
    directory: microsoft.state,
    microsoft,
    timely,
    team,
    present: () => presentIn(world),
    standing: (): Standing => ({
      present: presentIn(world),
      teams: Object.fromEntries(timely.state.teams.map(({ name }) => [name, team(name)])),
    }),
    cycle: (options?: { full?: boolean }): Promise<SandboxCycle> => cycle(world, options),
    approveHeld: ({ key }: SandboxCycle) =>
      approveHeld(world.services.database, createActivities(world.services), key),
    async close(): Promise<void> {
      await world.close();
      await reader.close();
    },
  };
}
