/** Edits of the simulated Identity Directory: the actions of `POST /_control/<action>`. */
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
import { nameOf } from './directory/names.ts';
import type { SapGroup, SapObject, SapUser } from './directory/records.ts';
import type { SapState } from './directory/state.ts';

const resultFor = (object: SapObject, did: string): ControlResult => ({
  did: `${nameOf(object)} ${did}.`,
  id: object.id,
});

const shown = (state: SapState): ShownDirectory<SapUser, SapGroup> => ({
  user: (name) => state.user(name),
  group: (name) => state.group(name),
  userResult: resultFor,
  groupResult: resultFor,
  nameOfGroup: nameOf,
});

/** Returns the actions, each with its own body. */
export const sapActions = (state: SapState): ControlActions => ({
  ...arrivals(state),
  ...departures(state),
  ...personActions(state, shown(state)),
  ...nestingActions(state, shown(state)),
  ...groupActions(state),
  grantRole: action(z.looseObject({}), () => state.grantRole()),
  revokeRole: action(z.looseObject({}), () => state.revokeRole()),
});

function arrivals(state: SapState): ControlActions {
  const newGuest = z.strictObject({
    email: z.email(),
    name: text,
    state: z.enum(['Accepted', 'PendingAcceptance']).default('PendingAcceptance'),
    groups: z.array(text).optional(),
  });
  return {
    join: action(newcomer, ({ name, email, ...rest }) =>
      resultFor(state.join({ displayName: name, userPrincipalName: email, ...rest }), 'joined'),
    ),
    // SAP has no guests: a partner is the nearest kind, and one who never activated the account is new.
    guest: action(newGuest, ({ name, email, state: accepted, groups }) => {
      const status = accepted === 'Accepted' ? 'active' : 'new';
      const user = state.join({
        displayName: name,
        userPrincipalName: email,
        groups,
        properties: { userType: 'partner', status },
      });
      return resultFor(user, `is a partner (${status})`);
    }),
    accept: action(person, ({ person }) =>
      resultFor(state.setEnabled(person, true), 'activated the account'),
    ),
  };
}

function departures(state: SapState): ControlActions {
  const validity = z.strictObject({
    person: text,
    validFrom: z.iso.date().nullish(),
    validTo: z.iso.date().nullish(),
  });
  return {
    leave: action(person, ({ person }) => {
      const user = state.leave(person);
      return resultFor(user, `left; the account is ${user.blocked ? 'blocked' : 'deleted'}`);
    }),
    purge: action(person, ({ person }) => resultFor(state.purge(person), 'is gone for good')),
    restore: action(person, ({ person }) => resultFor(state.restore(person), 'is restored, and inactive')),
    disable: action(person, ({ person }) => resultFor(state.setEnabled(person, false), 'is inactive')),
    enable: action(person, ({ person }) => resultFor(state.setEnabled(person, true), 'is active')),
    validity: action(validity, ({ person, ...dates }) => {
      const given = Object.fromEntries(Object.entries(dates).filter(([, date]) => date !== undefined));
      const { validFrom = 'ever', validTo = 'ever' } = dates;
      return resultFor(state.change(person, given), `is valid from ${validFrom} to ${validTo}`);
    }),
  };
}

function groupActions(state: SapState): ControlActions {
  const group = z.strictObject({ group: text });
  const newGroup = z.strictObject({
    name: text,
    description: text.optional(),
    /** `authorization`, `userGroup`, … Absent: a plain user group. */
    kind: text.optional(),
    applicationId: text.optional(),
  });
  return {
    createGroup: action(newGroup, ({ name, ...rest }) =>
      resultFor(state.createGroup({ displayName: name, ...rest }), 'is a new group'),
    ),
    ...renameGroupAction(state, shown(state)),
    deleteGroup: action(group, ({ group }) => resultFor(state.deleteGroup(group), 'is deleted')),
  };
}
