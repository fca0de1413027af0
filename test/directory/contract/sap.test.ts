import { inPagesOf, openSapTenant, sourceOf } from '../sap/sap-tenant.ts';
import { type ContractWorld, describeContract } from './source-contract.ts';

describeContract('SAP', async (send): Promise<ContractWorld> => {
  let pageMax = 0;
  const sandbox = await openSapTenant();
  const { state } = sandbox.sap;
  state.createGroup({ displayName: 'Short Lived' });
  const needed = () =>
    state
      .groups()
      .filter(({ attributes }) => ['Design Guild', 'Short Lived'].includes(String(attributes.displayName)));
  return {
    source: sourceOf(sandbox, { fetch: inPagesOf(() => pageMax, send) }),
    plan: {
      attributes: [],
      managers: false,
      groups: { names: ['Design Guild', 'Short Lived'], patterns: [], assigned: false },
    },
    group: 'Design Guild',
    member: 'Grace Hall',
    truth: () => ({
      people: state
        .users()
        .filter(({ blocked }) => !blocked)
        .map(({ id }) => id)
        .toSorted(),
      groups: state
        .groups()
        .map(({ id }) => id)
        .toSorted(),
      memberships: needed().flatMap(({ id, members }) => [...members].map((member) => `${id} ${member}`)),
    }),
    idOf: (kind, name) => (kind === 'person' ? state.user(name).id : state.group(name).id),
    join: (displayName, group) => void state.join({ displayName, groups: [group] }),
    setDepartment: (name, department) => void state.change(name, { department }),
    disable: (name) => void state.setEnabled(name, false),
    delete: (name) => void state.purge(name),
    leaveGroup: (name, group) => state.removeFromGroup(name, group),
    deleteGroup: (name) => void state.deleteGroup(name),
    smallPages(areSmall) {
      pageMax = areSmall ? 5 : 0;
    },
    close: () => sandbox.close(),
  };
});
