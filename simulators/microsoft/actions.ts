/** Edits of the simulated directory: the actions of `POST /_control/<action>`. */
import { z } from 'zod';
import { action, type ControlActions, type ControlResult } from '../control.ts';
import type { MicrosoftOptions } from './context.ts';
import type { DirectoryObject } from './directory/objects.ts';
import type { MicrosoftState } from './directory/state.ts';
import type { ChangeNotifier } from './notifications/change-notifier.ts';

const text = z.string().trim().min(1);
/** E-mail address, sign-in name, id, or a unique display name. */
const person = z.strictObject({ person: text });
const membership = z.strictObject({ person: text, group: text });
const nesting = z.strictObject({ inner: text, outer: text });
const properties = z.record(z.string(), z.json());

const nameOf = ({ properties }: DirectoryObject) => String(properties.displayName);
const resultFor = (object: DirectoryObject, did: string): ControlResult => ({
  did: `${nameOf(object)} ${did}.`,
  id: object.id,
  userPrincipalName: object.properties.userPrincipalName ?? null,
});

/** Returns the actions, each with its own body. */
export function microsoftActions(state: MicrosoftState): ControlActions {
  return {
    ...accountActions(state),
    ...membershipActions(state),
    ...groupActions(state),
    ...roleActions(state),
    ...applicationActions(state),
  };
}

function accountActions(state: MicrosoftState): ControlActions {
  const newcomer = z.strictObject({
    name: text,
    /** The sign-in name and mail address. */
    email: z.email().optional(),
    department: text.optional(),
    groups: z.array(text).optional(),
    properties: properties.optional(),
  });
  const newGuest = z.strictObject({
    email: z.email(),
    name: text,
    state: z.enum(['Accepted', 'PendingAcceptance']).default('PendingAcceptance'),
    mail: z.email().optional(),
    groups: z.array(text).optional(),
  });
  return {
    join: action(newcomer, ({ name, email, ...rest }) =>
      resultFor(state.join({ displayName: name, userPrincipalName: email, ...rest }), 'joined'),
    ),
    guest: action(newGuest, ({ name, ...rest }) =>
      resultFor(state.guest({ displayName: name, ...rest }), `is a guest (${rest.state})`),
    ),
    accept: action(person, ({ person }) =>
      resultFor(state.change(person, { externalUserState: 'Accepted' }), 'accepted the invitation'),
    ),
    leave: action(person, ({ person }) => resultFor(state.leave(person), 'left; the account is deleted')),
    purge: action(person, ({ person }) => resultFor(state.purge(person), 'is gone for good')),
    restore: action(person, ({ person }) =>
      resultFor(state.restore(person), 'is back; the account is restored'),
    ),
    disable: action(person, ({ person }) =>
      resultFor(state.change(person, { accountEnabled: false }), 'is disabled'),
    ),
    enable: action(person, ({ person }) =>
      resultFor(state.change(person, { accountEnabled: true }), 'is enabled'),
    ),
    move: action(z.strictObject({ person: text, department: text.nullable() }), ({ person, department }) =>
      resultFor(state.change(person, { department }), `is in ${department ?? 'no department'} now`),
    ),
    change: action(z.strictObject({ person: text, properties }), ({ person, properties }) =>
      resultFor(state.change(person, properties), `has ${Object.keys(properties).join(', ')} changed`),
    ),
  };
}

function membershipActions(state: MicrosoftState): ControlActions {
  return {
    addToGroup: action(membership, ({ person, group }) => {
      state.addToGroup(person, group);
      return resultFor(state.user(person), `is in ${nameOf(state.group(group))} now`);
    }),
    removeFromGroup: action(membership, ({ person, group }) => {
      state.removeFromGroup(person, group);
      return resultFor(state.user(person), `is not in ${nameOf(state.group(group))} any more`);
    }),
    nest: action(nesting, ({ inner, outer }) => {
      state.nest(inner, outer);
      return resultFor(state.group(inner), `is in ${nameOf(state.group(outer))} now`);
    }),
    unnest: action(nesting, ({ inner, outer }) => {
      state.unnest(inner, outer);
      return resultFor(state.group(inner), `is not in ${nameOf(state.group(outer))} any more`);
    }),
  };
}

function groupActions(state: MicrosoftState): ControlActions {
  const group = z.strictObject({ group: text });
  return {
    createGroup: action(
      z.strictObject({ name: text, description: text.optional() }),
      ({ name, description }) =>
        resultFor(state.createGroup({ displayName: name, description }), 'is a new group'),
    ),
    renameGroup: action(group.extend({ name: text }), ({ group, name }) => {
      const before = nameOf(state.group(group));
      return resultFor(state.renameGroup(group, name), `is the new name of the group ${before}`);
    }),
    hideMembers: action(group.extend({ hidden: z.boolean().default(true) }), ({ group, hidden }) =>
      resultFor(state.hideMembers(group, hidden), hidden ? 'hides its members now' : 'shows its members now'),
    ),
    deleteGroup: action(group.extend({ purge: z.boolean().default(false) }), ({ group, purge }) =>
      resultFor(state.deleteGroup(group, purge ? 'purged' : 'deleted'), 'is deleted'),
    ),
  };
}

function roleActions(state: MicrosoftState): ControlActions {
  const grant = z.strictObject({ person: text, role: text.default('Global Administrator') });
  return {
    grantRole: action(grant, ({ person, role }) => {
      state.grantRole(state.user(person).id, role);
      return resultFor(state.user(person), `holds the role ${role} now`);
    }),
    revokeRole: action(grant, ({ person, role }) => {
      state.revokeRole(state.user(person).id, role);
      return resultFor(state.user(person), `does not hold the role ${role} any more`);
    }),
  };
}

function applicationActions({ app }: MicrosoftState): ControlActions {
  const changes = z.strictObject({
    permissions: z.array(text).optional(),
    secretEndsAt: z.iso.datetime().optional(),
  });
  return {
    application: action(changes, ({ permissions = app.permissions, secretEndsAt = app.secretEndsAt }) => {
      Object.assign(app, { permissions, secretEndsAt });
      return { did: `The application has ${permissions.join(', ')}; its secret ends on ${secretEndsAt}.` };
    }),
  };
}

export function notificationActions(notifier: ChangeNotifier, options: MicrosoftOptions): ControlActions {
  return {
    challenge: action(z.strictObject({}), () => ({
      did: `${notifier.challenge()} subscriptions need a new authorization.`,
    })),
    delayNotifications: action(
      z.strictObject({ milliseconds: z.int().nonnegative() }),
      ({ milliseconds }) => {
        options.notificationDelayMs = milliseconds;
        return { did: `Notifications are sent ${milliseconds} ms after a change.` };
      },
    ),
  };
}
