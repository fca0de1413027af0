/** Worlds with cycles slow enough that a test can act in their middle. */
import { startWorld, until, type World } from './world.ts';

/** Writes to Timely after which a third of the sandbox's company is invited. */
const writesInMiddle = 15;

/** Returns a set of worlds for a test file. Call `closeAll` after each test. */
export function slowWorlds() {
  const worlds: World[] = [];
  return {
    async open(perSecond: number): Promise<World> {
      const world = await startWorld({
        editFile: (text) => text.replace('requestsPerSecond: 50', `requestsPerSecond: ${perSecond}`),
      });
      worlds.push(world);
      return world;
    },
    async closeAll(): Promise<void> {
      await Promise.all(worlds.splice(0).map((world) => world.close()));
    },
  };
}

export const untilMiddle = (world: World): Promise<true> =>
  until('a third of the invitations', async () => world.writes().length >= writesInMiddle || null);
