/**
 * Okta in the chaos stories. It has no groups in groups, and none that hides its members. Left out are faults that no read can
 * tell from the truth (`htmlInValues`), that are late by more than a story takes (`logLate`), and those of sign-ins and hooks.
 */
import { type OktaUser, oktaId } from '../../../simulators/okta/directory/objects.ts';
import type { OktaState } from '../../../simulators/okta/directory/state.ts';
import type { OktaFault } from '../../../simulators/okta/faults/faults.ts';
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
  'emptyList',
  'nextMissing',
  'repeatCursor',
  'foreignNextLink',
  'fewerObjects',
  'fewerMembers',
  'movedToNextPage',
  'movedToReadPage',
  'missingFields',
  'logDoubled',
  'logGap',
  'logUnordered',
  'staleList',
  'throttle',
  'tooManyAtOnce',
  'unavailable',
  'readOnlyMode',
  'serverError',
  'tokenExpired',
  'proofRefused',
  'apiNonce',
  'scopeLost',
  'adminRoleLost',
  'resourceSetShrunk',
  'dropConnection',
  'cutBody',
  'rateHeadersMissing',
] as const satisfies OktaFault[];

export const okta: DirectoryKind = {
  tenantFile: 'contoso-okta.yaml',
  groupIds: groupIdsBy((use) => oktaId('00g', use)),
  edits: editsWithout('hideGroup', 'nest', 'unnest'),
  faults,
  operations: ['users.list', 'groups.list', 'groups.members', 'logs.list'],
  directory: ({ okta: state }) => directoryOf(state),
  prepare({ okta: { state } }) {
    state.behaviour.pageMost = 4;
    state.behaviour.limitFactor = 1_000;
  },
  simulator: (sandbox) => simulatorWith(sandbox.okta, faults),
};

function directoryOf(state: OktaState): StoryDirectory {
  const people = withFormer(() => state.users.values().map(personOf));
  return {
    edits: state,
    join: (person) => void state.join({ id: oktaId('00u', `person ${people().length}`), ...person }),
    setMail: (id, mail) => void state.change(id, { mail }),
    deleteGroup: (id) => void state.deleteGroup(id),
    people,
    groups: () =>
      state.groups.values().map(({ id, profile, members }) => ({
        id,
        name: profile.name,
        members: members.values().map((member) => member.id),
      })),
  };
}

const personOf = ({ id, status, profile }: OktaUser): StoryPerson => ({
  id,
  name: String(profile.displayName),
  signIn: String(profile.login),
  mail: typeof profile.email === 'string' ? profile.email : null,
  department: String(profile.department ?? ''),
  status: status === 'DEPROVISIONED' ? 'deleted' : 'live',
  isEnabled: !['STAGED', 'SUSPENDED', 'DEPROVISIONED'].includes(status),
});
