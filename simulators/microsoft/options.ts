import type { PageSizes } from './directory/delta.ts';

/** What a test may set of the simulated Microsoft. */
export interface MicrosoftOptions {
  /**
   * Objects and links on one delta page: 200 and 500 as reported of Graph
   * (docs/reference/microsoft-graph.md section 1.1).
   */
  deltaPage: PageSizes;
  /** Seven days for directory objects (docs/reference/microsoft-graph.md section 1.6). */
  cursorLifetimeDays: number;
  /** From a change to its notification. */
  notificationDelayMs: number;
}
