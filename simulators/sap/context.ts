/** What the routes of the simulated SAP work with, and what a test may set. */
import type { Faults } from '../faults.ts';
import type { SapState } from './directory/state.ts';
import type { SapFault } from './faults/faults.ts';
import type { RateLadder, SapRates } from './rate-ladder.ts';
import type { VisibleObjects } from './routes/visible-objects.ts';

export interface SapOptions {
  /** Null: no limit. Default: SAP's (docs/reference/okta-and-sap.md section 2.7). */
  rates: SapRates | null;
}

export interface SapContext {
  state: SapState;
  faults: Faults<SapFault>;
  clock: () => Date;
  options: SapOptions;
  ladder: RateLadder;
  visible: VisibleObjects;
  /** Whether an authority has signed a certificate: by its PEM and the fingerprint. */
  signed: Map<string, boolean>;
  /** When each access token ends, in milliseconds since 1970. */
  tokens: Map<string, number>;
  /** `https://localhost:PORT`, once the server listens. */
  origin(): string;
}
