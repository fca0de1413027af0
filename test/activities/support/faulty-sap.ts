/** The sandbox's company with a faulty SAP. Its pages are small. */
import type { FaultSetting } from '../../../simulators/faults.ts';
import { addressOf } from '../../../simulators/sap/directory/names.ts';
import type { SapFault } from '../../../simulators/sap/faults/faults.ts';
import type { Database } from '../../../store/database.ts';
import { openFaultyCompany } from './faulty-company.ts';

export type SetSapFault = [name: SapFault, setting?: FaultSetting];
export type FaultySap = Awaited<ReturnType<typeof openFaultySap>>;

const pageMax = 12;

export async function openFaultySap() {
  const company = await openFaultyCompany<SapFault, 'inactive' | 'deleted' | 'blocked'>({
    tenantFile: 'contoso-sap.yaml',
    editFile: (text) => text.replace('host: contoso', 'requestsPerMinute: 60000\n  host: contoso'),
    open({ sap: { state, faults, options } }) {
      state.behaviour.pageMax = pageMax;
      options.rates = null;
      return {
        faults,
        join(person) {
          const user = state.join(person);
          return { id: user.id, email: String(addressOf(user)) };
        },
        leave(id, how) {
          if (how === 'deleted') state.purge(id);
          else if (how === 'blocked') state.leave(id);
          else state.setEnabled(id, false);
        },
        changeMany(mark) {
          for (const { id } of state.users().slice(0, 2 * pageMax)) state.change(id, { division: mark });
        },
      };
    },
    leave: 'inactive',
    recover: ({ services }) => forgetRefusals(services.database),
  });
  const { sap } = company.world.sandbox;
  return { ...company, sap, state: sap.state };
}

/** A 429 keeps every worker away for a minute of real time, a refused sign-in for half an hour. */
export async function forgetRefusals(database: Database): Promise<void> {
  await database.execute("update rate_limits set next_at_ms = 0, starts = '{}'");
  await database.execute('delete from refused_sign_ins');
}
