/** Worlds whose cycles are slow enough to have a middle in which something can happen. */
import { startWorld, until, type World } from './world.ts';

/** Requests of Timely after which a third of the sandbox's company is invited. */
const writesInMiddle = 15;

/** Worlds for a test file: `closeAll` after each test. */
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
