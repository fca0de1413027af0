/** The sandbox's company with a faulty Okta. Its pages are small. */
import type { FaultSetting } from '../../../simulators/faults.ts';
import type { OktaFault } from '../../../simulators/okta/faults/faults.ts';
import { openFaultyCompany } from './faulty-company.ts';

export type SetOktaFault = [name: OktaFault, setting?: FaultSetting];
export type FaultyOkta = Awaited<ReturnType<typeof openFaultyOkta>>;

const pageMost = 6;

export async function openFaultyOkta() {
  const company = await openFaultyCompany<OktaFault, 'deactivated' | 'deleted'>({
    tenantFile: 'contoso-okta.yaml',
    open({ okta: { state, faults } }) {
      Object.assign(state.behaviour, { pageMost, userGroupsPage: 1, limitFactor: 1_000 });
      return {
        faults,
        join(person) {
          const { id, profile } = state.join(person);
          return { id, email: String(profile.email) };
        },
        leave: (id, how) => void (how === 'deleted' ? state.purge(id) : state.leave(id)),
        changeMany(mark) {
          for (const { id } of state.users.values().slice(0, 2 * pageMost)) state.change(id, { city: mark });
        },
      };
    },
    leave: 'deactivated',
  });
  const { okta } = company.world.sandbox;
  return { ...company, okta, state: okta.state };
}
