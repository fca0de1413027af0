import type { Faults } from '../faults.ts';
import type { TimelyFault } from './faults.ts';
import type { TimelyState } from './state.ts';

/** What the routes work with. */
export interface TimelyFrame {
  state: TimelyState;
  faults: Faults<TimelyFault>;
  clock: () => Date;
}
