/** Edits of the simulated directory: the actions of `POST /_control/<action>`. */
import { z } from 'zod';
import { action, type ControlActions, type ControlResult } from '../control.ts';
import {
  nestingActions,
  newcomer,
  person,
  personActions,
  renameGroupAction,
  type ShownDirectory,
  text,
} from '../directory-actions.ts';
import type { MicrosoftOptions } from './context.ts';
import type { DirectoryObject } from './directory/objects.ts';
import type { MicrosoftState } from './directory/state.ts';
import type { ChangeNotifier } from './notifications/change-notifier.ts';

const nameOf = ({ properties }: DirectoryObject) => String(properties.displayName);
const resultFor = (object: DirectoryObject, did: string): ControlResult => ({
  did: `${nameOf(object)} ${did}.`,
  id: object.id,
  userPrincipalName: object.properties.userPrincipalName ?? null,
});

const shown = (state: MicrosoftState): ShownDirectory<DirectoryObject, DirectoryObject> => ({
  user: (name) => state.user(name),
  group: (name) => state.group(name),
  userResult: resultFor,
  groupResult: resultFor,
  nameOfGroup: nameOf,
});

/** Returns the actions, each with its own body. */
export function microsoftActions(state: MicrosoftState): ControlActions {
  return {
    ...accountActions(state),
    ...personActions(state, shown(state)),
    ...nestingActions(state, shown(state)),
    ...groupActions(state),
    ...roleActions(state),
    ...applicationActions(state),
  };
}

function accountActions(state: MicrosoftState): ControlActions {
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
    ...renameGroupAction(state, shown(state)),
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

function applicationActions({ app, sharedApp }: MicrosoftState): ControlActions {
  const changes = z.strictObject({
    permissions: z.array(text).optional(),
    secretEndsAt: z.iso.datetime().optional(),
  });
  const sharedChanges = z.strictObject({
    /** Null: takes the consent back. */
    granted: z.array(text).nullable().optional(),
    requested: z.array(text).optional(),
    redirectUris: z.array(z.url()).optional(),
  });
  return {
    sharedApplication: action(sharedChanges, ({ granted = sharedApp.granted, ...rest }) => {
      const { requested = sharedApp.requested, redirectUris = sharedApp.redirectUris } = rest;
      Object.assign(sharedApp, { granted, requested, redirectUris });
      return { did: `The shared application has ${granted?.join(', ') ?? 'no consent'}.` };
    }),
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
