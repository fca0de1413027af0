import type { Faults } from '../faults.ts';
import type { MicrosoftState } from './directory/state.ts';
import type { Tokens } from './directory/tokens.ts';
import type { MicrosoftFault } from './faults/faults.ts';
import type { Notifier } from './notifications/notifier.ts';
import type { MicrosoftOptions } from './options.ts';

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
