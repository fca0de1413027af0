import { createEntraSource } from '../../../directory/entra/entra-source.ts';
import { linkedIds } from '../../../simulators/microsoft/directory/objects.ts';
import { startSandbox } from '../../../simulators/sandbox.ts';
import { trust } from '../entra/trust.ts';
import { type ContractWorld, describeContract } from './source-contract.ts';

describeContract('Entra ID', async (send): Promise<ContractWorld> => {
  const sandbox = await startSandbox();
  trust(sandbox.caPem);
  const { credentials, microsoft } = sandbox;
  const { state, options } = microsoft;
  const large = { ...options.deltaPage };
  const { tenantId, clientId, clientSecret } = credentials;
  state.createGroup({ displayName: 'Short Lived' });
  return {
    source: createEntraSource({
      tenantId,
      clientId,
      credential: { kind: 'secret', secret: clientSecret },
      cloud: 'global',
      endpoints: { login: microsoft.url, graph: microsoft.url },
      fetch: send,
    }),
    plan: {
      attributes: [],
      managers: false,
      groups: { names: ['Design Guild', 'Short Lived'], patterns: [], assigned: false },
    },
    group: 'Design Guild',
    member: 'Grace Hall',
    truth() {
      const live = state.objects.users.filter(({ status }) => status === 'live').map(({ id }) => id);
      const people = new Set(live);
      const groups = state.objects.groups.filter(({ status }) => status === 'live');
      return {
        people: live.toSorted(),
        groups: groups.map(({ id }) => id).toSorted(),
        memberships: groups
          .flatMap((group) => linkedIds(group, 'members').map((member) => ({ group: group.id, member })))
          .flatMap(({ group, member }) => (people.has(member) ? [`${group} ${member}`] : [])),
      };
    },
    idOf: (kind, name) => (kind === 'person' ? state.user(name).id : state.group(name).id),
    join: (displayName, group) => void state.join({ displayName, groups: [group] }),
    setDepartment: (name, department) => void state.change(name, { department }),
    disable: (name) => void state.change(name, { accountEnabled: false }),
    delete: (name) => void state.leave(name),
    leaveGroup: (name, group) => state.removeFromGroup(name, group),
    deleteGroup: (name) => void state.deleteGroup(name),
    smallPages(areSmall) {
      options.deltaPage = areSmall ? { objects: 5, links: 3 } : { ...large };
    },
    close: () => sandbox.close(),
  };
});
