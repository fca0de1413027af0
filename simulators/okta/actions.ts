/** Edits of the simulated org: the actions of `POST /_control/<action>`. The first ones are those of every directory. */
import { z } from 'zod';
import { action, type ControlActions, type ControlResult } from '../control.ts';
import { groupTypes, type OktaGroup, type OktaUser, userStatuses } from './directory/objects.ts';
import { addRule } from './directory/rules.ts';
import { roleLabels } from './directory/show.ts';
import type { OktaState } from './directory/state.ts';

const text = z.string().trim().min(1);
/** E-mail address, login, id, or a unique display name. */
const person = z.strictObject({ person: text });
const membership = z.strictObject({ person: text, group: text });
const properties = z.record(z.string(), z.json());

const userResult = (user: OktaUser, did: string): ControlResult => ({
  did: `${user.profile.displayName ?? user.profile.login} ${did}.`,
  id: user.id,
  userPrincipalName: user.profile.login,
});
const groupResult = ({ id, profile }: OktaGroup, did: string): ControlResult => ({
  did: `${profile.name} ${did}.`,
  id,
});

/** Returns the actions, each with its own body. */
export function oktaActions(state: OktaState): ControlActions {
  return {
    ...accountActions(state),
    ...groupActions(state),
    ...assignmentActions(state),
    ...roleActions(state),
  };
}

function accountActions(state: OktaState): ControlActions {
  const newcomer = z.strictObject({
    name: text,
    /** The login and the e-mail address. */
    email: z.email().optional(),
    department: text.optional(),
    groups: z.array(text).optional(),
    properties: properties.optional(),
    status: z.enum(userStatuses).optional(),
  });
  return {
    join: action(newcomer, ({ name, email, ...rest }) =>
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
    move: action(z.strictObject({ person: text, department: text.nullable() }), ({ person, department }) =>
      userResult(state.change(person, { department }), `is in ${department ?? 'no department'} now`),
    ),
    change: action(z.strictObject({ person: text, properties }), ({ person, properties }) =>
      userResult(state.change(person, properties), `has ${Object.keys(properties).join(', ')} changed`),
    ),
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
    addToGroup: action(membership, ({ person, group }) => {
      state.addToGroup(person, group);
      return userResult(state.user(person), `is in ${state.group(group).profile.name} now`);
    }),
    removeFromGroup: action(membership, ({ person, group }) => {
      state.removeFromGroup(person, group);
      return userResult(state.user(person), `is not in ${state.group(group).profile.name} any more`);
    }),
    createGroup: action(newGroup, ({ name, ...rest }) =>
      groupResult(state.createGroup({ displayName: name, ...rest }), 'is a new group'),
    ),
    renameGroup: action(group.extend({ name: text }), ({ group, name }) => {
      const before = state.group(group).profile.name;
      return groupResult(state.renameGroup(group, name), `is the new name of the group ${before}`);
    }),
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
