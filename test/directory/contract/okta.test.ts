import { openOrg, sourceOf } from '../okta/okta-org.ts';
import { type ContractWorld, describeContract } from './source-contract.ts';

describeContract('Okta', async (send): Promise<ContractWorld> => {
  let pageMax = 0;
  /** Okta decides how large its pages are, whatever is asked for. */
  const inSmallPages: typeof fetch = (input, init) => {
    const url = new URL(String(input));
    if (pageMax > 0 && url.searchParams.has('limit')) url.searchParams.set('limit', String(pageMax));
    return send(url, init);
  };
  const sandbox = await openOrg();
  const { state } = sandbox.okta;
  state.createGroup({ displayName: 'Short Lived' });
  const needed = () => [
    state.group('Design Guild'),
    ...state.groups.values().filter(({ profile }) => profile.name === 'Short Lived'),
  ];
  return {
    source: sourceOf(sandbox, { fetch: inSmallPages }),
    plan: {
      attributes: [],
      managers: false,
      groups: { names: ['Design Guild', 'Short Lived'], patterns: [], assigned: false },
    },
    group: 'Design Guild',
    member: 'Grace Hall',
    truth: () => ({
      people: [...state.users.values()].map(({ id }) => id).toSorted(),
      groups: [...state.groups.values()].map(({ id }) => id).toSorted(),
      memberships: needed().flatMap(({ id, members }) =>
        members.values().map((member) => `${id} ${member.id}`),
      ),
    }),
    idOf: (kind, name) => (kind === 'person' ? state.user(name).id : state.group(name).id),
    join: (displayName, group) => void state.join({ displayName, groups: [group] }),
    setDepartment: (name, department) => void state.change(name, { department }),
    disable: (name) => void state.leave(name),
    delete: (name) => void state.purge(name),
    leaveGroup: (name, group) => state.removeFromGroup(name, group),
    deleteGroup: (name) => void state.deleteGroup(name),
    smallPages(areSmall) {
      pageMax = areSmall ? 5 : 0;
    },
    close: () => sandbox.close(),
  };
});
