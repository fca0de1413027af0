/** What happens to people while a client reads them. */
import { randomUUID } from 'node:crypto';
import type { FaultDefinition } from '../../faults.ts';
import type { SapState } from '../directory/state.ts';

export type SapMeanwhileFault = 'joinsMeanwhile' | 'leavesMeanwhile';

/** Lists are in the order of ids: this one is on the first page. */
const firstId = (): string => `00000000${randomUUID().slice(8)}`;

/** Names of people hold no digits, because Timely takes none. */
const letters = (): string =>
  randomUUID()
    .replaceAll(/[^a-f]/g, '')
    .padEnd(6, 'x');

export const meanwhileFaultTable = (state: SapState): Record<SapMeanwhileFault, FaultDefinition> => ({
  joinsMeanwhile: {
    about: 'Right before the request somebody joins, onto the first page.',
    operation: 'users.list',
    make: () => ({
      instead() {
        state.join({ id: firstId(), displayName: `Meanwhile ${letters()}`, department: 'Design' });
        return 'acted';
      },
    }),
  },
  leavesMeanwhile: {
    about: 'Right before the request somebody of the first page is deleted.',
    operation: 'users.list',
    make: () => ({
      instead() {
        const [first] = state.sortedIds('user').filter((id) => id.startsWith('00000000'));
        if (first === undefined) return null;
        state.purge(first);
        return 'acted';
      },
    }),
  },
});
