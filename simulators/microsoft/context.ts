/** What the routes of the simulated Microsoft work with, and what a test may set. */
import type { Faults } from '../faults.ts';
import type { PageSizes } from './directory/delta.ts';
import type { MicrosoftState } from './directory/state.ts';
import type { Tokens } from './directory/tokens.ts';
import type { MicrosoftFault } from './faults/faults.ts';
import type { ChangeNotifier } from './notifications/change-notifier.ts';

export interface MicrosoftOptions {
  /**
   * Most objects and links on one delta page: 200 and 500, as reported of Graph
   * (docs/reference/microsoft-graph.md section 1.1).
   */
  deltaPage: PageSizes;
  /** Seven days for directory objects (docs/reference/microsoft-graph.md section 1.6). */
  cursorLifetimeDays: number;
  /** Time from a change to its notification. */
  notificationDelayMs: number;
}

export interface MicrosoftContext {
  state: MicrosoftState;
  faults: Faults<MicrosoftFault>;
  tokens: Tokens;
  notifier: ChangeNotifier;
  clock: () => Date;
  options: MicrosoftOptions;
  /** `https://localhost:PORT`, once the server listens. */
  origin(): string;
  nextSerial(): number;
}
