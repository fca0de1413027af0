/** What the routes of the simulated Okta work with. */
import type { Faults } from '../faults.ts';
import type { SimulatedRequest } from '../simulated-response.ts';
import type { Access } from './directory/access.ts';
import type { OktaState } from './directory/state.ts';
import type { OktaFault } from './faults/faults.ts';

export interface OktaContext {
  state: OktaState;
  faults: Faults<OktaFault>;
  clock: () => Date;
  /** What the roles of an authorized request's caller reach. */
  accessOf(request: SimulatedRequest): Access;
}
