/**
 * SAP Cloud Identity Services in the chaos stories. No group hides its members. Left out are refused sign-ins
 * (`signInRefused`, `certificateExpired`): the sync waits for half an hour after one.
 */
import { objectIdOf } from '../../../simulators/contoso.ts';
import { addressOf, departmentOf, nameOf } from '../../../simulators/sap/directory/names.ts';
import type { SapUser } from '../../../simulators/sap/directory/records.ts';
import type { SapState } from '../../../simulators/sap/directory/state.ts';
import type { SapFault } from '../../../simulators/sap/faults/faults.ts';
import { groupIdsBy } from '../company.ts';
import {
  type DirectoryKind,
  editsWithout,
  type StoryDirectory,
  type StoryPerson,
  simulatorWith,
  withFormer,
} from './directory.ts';

const faults = [
  'pageLeftOut',
  'totalWrong',
  'totalMoves',
  'totalMissing',
  'movedToNextPage',
  'movedToReadPage',
  'repeatCursor',
  'nextIdMissing',
  'startIdInvalid',
  'fewerObjects',
  'fewerMembers',
  'userGroupsMissing',
  'activeMissing',
  'emptyList',
  'throttle',
  'unavailable',
  'permissionLost',
  'dropConnection',
  'cutBody',
] as const satisfies SapFault[];

export const sap: DirectoryKind = {
  tenantFile: 'contoso-sap.yaml',
  editFile: (text) => text.replace('host: contoso', 'requestsPerMinute: 60000\n  host: contoso'),
  groupIds: groupIdsBy((use) => objectIdOf(use)),
  edits: editsWithout('hideGroup'),
  faults,
  operations: ['users.list', 'groups.list', 'groups.get'],
  directory: ({ sap: state }) => directoryOf(state),
  prepare(sandbox) {
    sandbox.sap.state.behaviour.pageMax = 4;
    sandbox.sap.options.rates = null;
  },
  simulator: (sandbox) => simulatorWith(sandbox.sap, faults),
};

function directoryOf(state: SapState): StoryDirectory {
  const people = withFormer(() => state.users().map(personOf));
  return {
    edits: state,
    join: (person) => void state.join({ id: objectIdOf(`person ${people().length}`), ...person }),
    setMail: (id, mail) => void state.change(id, { mail }),
    deleteGroup: (id) => void state.deleteGroup(id),
    nesting: state,
    people,
    groups: () =>
      state.groups().map(({ id, attributes, members }) => ({
        id,
        name: String(attributes.displayName),
        members: [...members],
      })),
  };
}

const personOf = (user: SapUser): StoryPerson => ({
  id: user.id,
  name: nameOf(user),
  signIn: String(user.attributes.userName),
  mail: addressOf(user),
  department: departmentOf(user) ?? '',
  status: user.blocked ? 'deleted' : 'live',
  isEnabled: user.status === 'active',
});
