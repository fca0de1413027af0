/** Edits of the directory between two cycles of a tenant: in the replica, by rounds, and in what point reads say. */
import type { DirectoryEntry } from '../../../directory/source.ts';
import type { Person } from '../../../domain/people/directory.ts';
import type { Database } from '../../../store/database.ts';
import { DirectoryRound } from '../../../store/replica/directory-round.ts';
import type { World } from '../../domain/support/world.ts';
import { duringCycle } from './during-cycle.ts';

export function directoryEdits(database: Database, tenant: string, { directory }: World) {
  let rounds = 0;

  async function round(entries: DirectoryEntry[]): Promise<void> {
    rounds += 1;
    // Numbers that no cycle of the test has.
    await duringCycle(database, { tenant, cycle: 1_000 + rounds }, async (fence) => {
      const begun = await DirectoryRound.begin(database, { ...fence, stream: 'users' }, 'incremental');
      await begun.stagePages([{ stream: 'users', entries, doubts: [], next: null, nextCursor: 'cursor' }], 1);
      await begun.commit({ mode: 'merge', reasons: [], objects: 0 }, { scope: '', now: new Date() });
    });
  }

  return {
    /** Adds people, or gives them these facts instead of those that they had. */
    async has(...people: Person[]): Promise<void> {
      for (const person of people) {
        const place = directory.people.findIndex(({ id }) => id === person.id);
        directory.people.splice(place === -1 ? directory.people.length : place, place === -1 ? 0 : 1, person);
      }
      await round(people.map(({ id, ...patch }) => ({ type: 'person', id, patch })));
    },

    async deletes(...ids: string[]): Promise<void> {
      for (const id of ids) {
        const place = directory.people.findIndex((person) => person.id === id);
        if (place !== -1) directory.people.splice(place, 1);
      }
      await round(ids.map((id) => ({ type: 'removed', stream: 'users', id, purged: false })));
    },
  };
}
