import type { Faults } from '../faults.ts';
import type { PageSizes } from './delta.ts';
import type { MicrosoftFault } from './faults.ts';
import type { Notifier } from './notifier.ts';
import type { MicrosoftState } from './state.ts';
import type { Tokens } from './tokens.ts';

export interface MicrosoftOptions {
  /** Objects and links on one delta page: 200 and 500 as reported of Graph (microsoft-graph.md, section 1.1). */
  deltaPage: PageSizes;
  /** Seven days for directory objects (section 1.6). */
  cursorLifetimeDays: number;
  /** From a change to its notification. */
  notificationDelayMs: number;
}

/** What the routes work with. */
export interface MicrosoftFrame {
  state: MicrosoftState;
  faults: Faults<MicrosoftFault>;
  tokens: Tokens;
  notifier: Notifier;
  clock: () => Date;
  options: MicrosoftOptions;
  /** `https://localhost:PORT`, once the server listens. */
  origin(): string;
  nextSerial(): number;
}
