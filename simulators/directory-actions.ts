/** Edits that the control routes of several directories have in common. */
import { z } from 'zod';
import { action, type ControlActions, type ControlResult } from './control.ts';
import type { EditableDirectory } from './directory.ts';

export const text = z.string().trim().min(1);
/** E-mail address, sign-in name, id, or a unique display name. */
export const person = z.strictObject({ person: text });
export const properties = z.record(z.string(), z.json());
const group = z.strictObject({ group: text });
const membership = z.strictObject({ person: text, group: text });
const nesting = z.strictObject({ inner: text, outer: text });

/** A new person. `email`: the sign-in name and mail address. */
export const newcomer = z.strictObject({
  name: text,
  email: z.email().optional(),
  department: text.optional(),
  groups: z.array(text).optional(),
  properties: properties.optional(),
});

/** How a directory finds its objects and describes them. */
export interface ShownDirectory<User, Group> {
  user(name: string): User;
  group(name: string): Group;
  userResult(user: User, did: string): ControlResult;
  groupResult(group: Group, did: string): ControlResult;
  nameOfGroup(group: Group): string;
}

type Edits<User> = Pick<EditableDirectory, 'addToGroup' | 'removeFromGroup'> & {
  change(person: string, properties: Record<string, unknown>): User;
};

/** Changes of a person, and of the groups that they are in. */
export function personActions<User, Group>(
  edits: Edits<User>,
  { user, group: groupOf, userResult, nameOfGroup }: ShownDirectory<User, Group>,
): ControlActions {
  return {
    move: action(person.extend({ department: text.nullable() }), ({ person, department }) =>
      userResult(edits.change(person, { department }), `is in ${department ?? 'no department'} now`),
    ),
    change: action(person.extend({ properties }), ({ person, properties }) =>
      userResult(edits.change(person, properties), `has ${Object.keys(properties).join(', ')} changed`),
    ),
    addToGroup: action(membership, ({ person, group }) => {
      edits.addToGroup(person, group);
      return userResult(user(person), `is in ${nameOfGroup(groupOf(group))} now`);
    }),
    removeFromGroup: action(membership, ({ person, group }) => {
      edits.removeFromGroup(person, group);
      return userResult(user(person), `is not in ${nameOfGroup(groupOf(group))} any more`);
    }),
  };
}

/** Groups within groups. */
export function nestingActions<User, Group>(
  edits: { nest(inner: string, outer: string): void; unnest(inner: string, outer: string): void },
  { group: groupOf, groupResult, nameOfGroup }: ShownDirectory<User, Group>,
): ControlActions {
  return {
    nest: action(nesting, ({ inner, outer }) => {
      edits.nest(inner, outer);
      return groupResult(groupOf(inner), `is in ${nameOfGroup(groupOf(outer))} now`);
    }),
    unnest: action(nesting, ({ inner, outer }) => {
      edits.unnest(inner, outer);
      return groupResult(groupOf(inner), `is not in ${nameOfGroup(groupOf(outer))} any more`);
    }),
  };
}

/** Gives a group another name. */
export function renameGroupAction<User, Group>(
  edits: { renameGroup(group: string, displayName: string): Group },
  { group: groupOf, groupResult, nameOfGroup }: ShownDirectory<User, Group>,
): ControlActions {
  return {
    renameGroup: action(group.extend({ name: text }), ({ group, name }) => {
      const before = nameOfGroup(groupOf(group));
      return groupResult(edits.renameGroup(group, name), `is the new name of the group ${before}`);
    }),
  };
}
