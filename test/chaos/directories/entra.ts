/** Microsoft Entra ID in the chaos stories. */
import { linkedIds } from '../../../simulators/microsoft/directory/objects.ts';
import type { MicrosoftState } from '../../../simulators/microsoft/directory/state.ts';
import type { MicrosoftFault } from '../../../simulators/microsoft/faults/faults.ts';
import { pageFaults, responseFaults } from '../../support/directory-faults.ts';
import { groupIdsBy } from '../company.ts';
import { type DirectoryKind, directoryEdits, type StoryDirectory, simulatorWith } from './directory.ts';

const faults = [
  ...pageFaults,
  'fewerObjects',
  'fewerMembers',
  ...responseFaults,
] as const satisfies MicrosoftFault[];

export const entra: DirectoryKind = {
  tenantFile: 'contoso.yaml',
  groupIds: groupIdsBy((_use, number) => `c4a05000-0000-4000-8000-00000000000${number}`),
  edits: directoryEdits,
  faults,
  operations: ['users.delta', 'groups.delta'],
  directory: ({ microsoft }) => directoryOf(microsoft),
  prepare({ microsoft }) {
    microsoft.options.deltaPage = { objects: 4, links: 6 };
  },
  simulator: ({ microsoft }) => simulatorWith(microsoft, faults),
};

function directoryOf(state: MicrosoftState): StoryDirectory {
  const liveGroups = () => state.objects.groups.filter(({ status }) => status === 'live');
  return {
    edits: state,
    join: (person) => void state.join(person),
    setMail: (id, mail) => void state.change(id, { mail, proxyAddresses: [`SMTP:${mail}`] }),
    deleteGroup: (id) => void state.deleteGroup(id, 'purged'),
    nesting: state,
    hiding: {
      hideMembers: (id, isHidden) => void state.hideMembers(id, isHidden),
      showAllMembers() {
        for (const { id, properties } of liveGroups())
          if (properties.visibility === 'HiddenMembership') state.hideMembers(id, false);
      },
    },
    people: () =>
      state.objects.users.map(({ id, status, properties }) => ({
        id,
        name: String(properties.displayName),
        signIn: String(properties.userPrincipalName),
        mail: typeof properties.mail === 'string' ? properties.mail : null,
        department: String(properties.department ?? ''),
        status,
        isEnabled: properties.accountEnabled === true,
      })),
    groups: () =>
      liveGroups().map((group) => ({
        id: group.id,
        name: String(group.properties.displayName),
        members: linkedIds(group, 'members'),
      })),
  };
}
