/** Edits of the simulated org: the actions of `POST /_control/<action>`. The first ones are those of every directory. */
import { z } from 'zod';
import { action, type ControlActions, type ControlResult } from '../control.ts';
import {
  newcomer,
  person,
  personActions,
  renameGroupAction,
  type ShownDirectory,
  text,
} from '../directory-actions.ts';
import { groupTypes, type OktaGroup, type OktaUser, userStatuses } from './directory/objects.ts';
import { addRule } from './directory/rules.ts';
import { roleLabels } from './directory/show.ts';
import type { OktaState } from './directory/state.ts';

const userResult = (user: OktaUser, did: string): ControlResult => ({
  did: `${user.profile.displayName ?? user.profile.login} ${did}.`,
  id: user.id,
  userPrincipalName: user.profile.login,
});
const groupResult = ({ id, profile }: OktaGroup, did: string): ControlResult => ({
  did: `${profile.name} ${did}.`,
  id,
});

const shown = (state: OktaState): ShownDirectory<OktaUser, OktaGroup> => ({
  user: (name) => state.user(name),
  group: (name) => state.group(name),
  userResult,
  groupResult,
  nameOfGroup: ({ profile }) => profile.name,
});

/** Returns the actions, each with its own body. */
export function oktaActions(state: OktaState): ControlActions {
  return {
    ...accountActions(state),
    ...personActions(state, shown(state)),
    ...groupActions(state),
    ...assignmentActions(state),
    ...roleActions(state),
  };
}

function accountActions(state: OktaState): ControlActions {
  const newUser = newcomer.extend({ status: z.enum(userStatuses).optional() });
  return {
    join: action(newUser, ({ name, email, ...rest }) =>
      userResult(state.join({ displayName: name, userPrincipalName: email, ...rest }), 'joined'),
    ),
    leave: action(person, ({ person }) =>
      userResult(state.leave(person), 'left; the account is deactivated'),
    ),
    purge: action(person, ({ person }) => userResult(state.purge(person), 'is gone for good')),
    restore: action(person, ({ person }) => userResult(state.restore(person), 'is back')),
    disable: action(person, ({ person }) => userResult(state.setEnabled(person, false), 'is suspended')),
    enable: action(person, ({ person }) => userResult(state.setEnabled(person, true), 'is active')),
    status: action(person.extend({ status: z.enum(userStatuses) }), ({ person, status }) =>
      userResult(state.setStatus(person, status), `is ${status} now`),
    ),
    finishDeletions: action(z.strictObject({}), () => ({
      did: `${state.finishDeletions()} deletions are completed.`,
    })),
  };
}

function groupActions(state: OktaState): ControlActions {
  const group = z.strictObject({ group: text });
  const newGroup = z.strictObject({
    name: text,
    description: text.optional(),
    type: z.enum(groupTypes).default('OKTA_GROUP'),
  });
  const newRule = z.strictObject({ name: text, attribute: text, value: text, groups: z.array(text).min(1) });
  return {
    createGroup: action(newGroup, ({ name, ...rest }) =>
      groupResult(state.createGroup({ displayName: name, ...rest }), 'is a new group'),
    ),
    ...renameGroupAction(state, shown(state)),
    deleteGroup: action(group, ({ group }) => groupResult(state.deleteGroup(group), 'is deleted')),
    createRule: action(newRule, (rule) => ({
      did: `The rule ${rule.name} puts people into ${rule.groups.join(', ')}.`,
      id: addRule(state, rule).id,
    })),
  };
}

/** A person or a group. */
const principal = z.union([z.strictObject({ person: text }), z.strictObject({ group: text })]);

function principalOf(state: OktaState, named: z.output<typeof principal>) {
  return 'person' in named
    ? { id: state.user(named.person).id, result: (did: string) => userResult(state.user(named.person), did) }
    : {
        id: state.group(named.group).id,
        result: (did: string) => groupResult(state.group(named.group), did),
      };
}

function assignmentActions(state: OktaState): ControlActions {
  return {
    assignToApp: action(principal, (named) => {
      const { id, result } = principalOf(state, named);
      state.assignToApp(id);
      return result(`is assigned to ${state.app.label} now`);
    }),
    unassignFromApp: action(principal, (named) => {
      const { id, result } = principalOf(state, named);
      state.unassignFromApp(id);
      return result(`is not assigned to ${state.app.label} any more`);
    }),
  };
}

function roleActions(state: OktaState): ControlActions {
  const role = text.default('SUPER_ADMIN');
  const grant = z.union([z.strictObject({ person: text, role }), z.strictObject({ group: text, role })]);
  const split = ({ role: name, ...named }: z.output<typeof grant>) => {
    const type = Object.keys(roleLabels).find((key) => roleLabels[key] === name) ?? name;
    return { type, ...principalOf(state, named) };
  };
  return {
    grantRole: action(grant, (input) => {
      const { id, type, result } = split(input);
      state.grantRole(id, type);
      return result(`holds the role ${roleLabels[type] ?? type} now`);
    }),
    revokeRole: action(grant, (input) => {
      const { id, type, result } = split(input);
      state.revokeRole(id, type);
      return result(`does not hold the role ${roleLabels[type] ?? type} any more`);
    }),
  };
}
