/** Edits of the simulated Identity Directory: the actions of `POST /_control/<action>`. */
import { z } from 'zod';
import { action, type ControlActions, type ControlResult } from '../control.ts';
import { nameOf } from './directory/names.ts';
import type { SapObject } from './directory/records.ts';
import type { SapState } from './directory/state.ts';

const text = z.string().trim().min(1);
/** E-mail address, user name, id, or a unique name. */
const person = z.strictObject({ person: text });
const membership = z.strictObject({ person: text, group: text });
const nesting = z.strictObject({ inner: text, outer: text });
const properties = z.record(z.string(), z.json());

const resultFor = (object: SapObject, did: string): ControlResult => ({
  did: `${nameOf(object)} ${did}.`,
  id: object.id,
});

/** Returns the actions, each with its own body. */
export const sapActions = (state: SapState): ControlActions => ({
  ...arrivals(state),
  ...departures(state),
  ...membershipActions(state),
  ...groupActions(state),
  grantRole: action(z.looseObject({}), () => state.grantRole()),
  revokeRole: action(z.looseObject({}), () => state.revokeRole()),
});

function arrivals(state: SapState): ControlActions {
  const newcomer = z.strictObject({
    name: text,
    email: z.email().optional(),
    department: text.optional(),
    groups: z.array(text).optional(),
    properties: properties.optional(),
  });
  const newGuest = z.strictObject({
    email: z.email(),
    name: text,
    state: z.enum(['Accepted', 'PendingAcceptance']).default('PendingAcceptance'),
    groups: z.array(text).optional(),
  });
  const change = z.strictObject({ person: text, properties });
  const move = z.strictObject({ person: text, department: text.nullable() });
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
    move: action(move, ({ person, department }) =>
      resultFor(state.change(person, { department }), `is in ${department ?? 'no department'} now`),
    ),
    change: action(change, ({ person, properties }) =>
      resultFor(state.change(person, properties), `has ${Object.keys(properties).join(', ')} changed`),
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

function membershipActions(state: SapState): ControlActions {
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
    renameGroup: action(group.extend({ name: text }), ({ group, name }) => {
      const before = nameOf(state.group(group));
      return resultFor(state.renameGroup(group, name), `is the new name of the group ${before}`);
    }),
    deleteGroup: action(group, ({ group }) => resultFor(state.deleteGroup(group), 'is deleted')),
  };
}
