import type { Faults } from '../faults.ts';
import type { MicrosoftFault } from './faults.ts';
import type { Notifier } from './notifier.ts';
import type { MicrosoftOptions } from './options.ts';
import type { MicrosoftState } from './state.ts';
import type { Tokens } from './tokens.ts';

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
