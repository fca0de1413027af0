import { z } from 'zod';
import type { Person } from '../../../domain/people/directory.ts';
import { kindBySignInName } from '../../../domain/people/person.ts';
import type { PersonPatch, ReadPlan } from '../../source.ts';
import { attributeNames } from './properties.ts';

/** Mark of a removed object or of a removed relation. */
export const removedMark = z.object({ reason: z.string().optional() });

const relatedObject = z.object({ id: z.string().min(1), '@removed': removedMark.nullish() });

/** A user as lists, delta pages and point reads give it; what else was selected stays in it as it came. */
export const graphUser = z.looseObject({
  id: z.string().min(1),
  displayName: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
  mail: z.string().nullish(),
  proxyAddresses: z.array(z.string()).nullish(),
  accountEnabled: z.boolean().nullish(),
  userType: z.string().nullish(),
  externalUserState: z.string().nullish(),
  deletedDateTime: z.string().nullish(),
  manager: relatedObject.nullish(),
  'manager@delta': z.array(relatedObject).nullish(),
  '@removed': removedMark.nullish(),
});
export type GraphUser = z.infer<typeof graphUser>;

/** Whether an entry of a stream tells all there is, or what changed. */
export type Completeness = 'whole' | 'changes';

/**
 * Whether a record shows the mark of a lost permission: an answer of 200 with nothing but nulls
 * (docs/reference/microsoft-graph.md section 2.2). No user is without both names.
 */
export function isWithoutData(user: GraphUser, completeness: Completeness): boolean {
  const names = [user.displayName, user.userPrincipalName];
  return completeness === 'whole'
    ? names.every((name) => name == null)
    : names.every((name) => name === null);
}

/** What a record says about a person: null clears, absent keeps. Of a record without data nothing is believed. */
export function personPatch(user: GraphUser, plan: ReadPlan, completeness: Completeness): PersonPatch {
  if (isWithoutData(user, completeness)) return {};
  const patch: PersonPatch = {};
  if (user.displayName !== undefined) patch.name = user.displayName ?? '';
  if (user.userPrincipalName !== undefined) patch.userPrincipalName = user.userPrincipalName ?? '';
  if (user.mail !== undefined) patch.mail = user.mail || null;
  if (user.proxyAddresses !== undefined) patch.proxyAddresses = user.proxyAddresses ?? [];
  // Only false blocks a sign-in (docs/reference/microsoft-graph.md section 3).
  if (user.accountEnabled !== undefined) patch.enabled = user.accountEnabled !== false;
  if (user.externalUserState !== undefined) patch.invitation = invitationOf(user.externalUserState);
  const kind = kindOf(user, completeness);
  if (kind) patch.kind = kind;
  const managerId = managerOf(user);
  if (managerId !== undefined) patch.managerId = managerId;
  const attributes = attributesOf(user, plan);
  if (Object.keys(attributes).length > 0) patch.attributes = attributes;
  return patch;
}

/** The person a whole record stands for; what it does not mention was never set. */
export function entraPerson(user: GraphUser, plan: ReadPlan): Person {
  const { attributes = {}, ...facts } = personPatch(user, plan, 'whole');
  return {
    id: user.id,
    name: '',
    userPrincipalName: '',
    mail: null,
    proxyAddresses: [],
    enabled: true,
    kind: 'member',
    invitation: null,
    managerId: null,
    ...facts,
    attributes: Object.fromEntries(
      Object.entries(attributes).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    ),
  };
}

/**
 * `userType` is null for old objects (docs/reference/microsoft-graph.md section 3); then the `#EXT#` of an external
 * sign-in name decides. An external member is a member. Undefined: the record does not tell, so that what is known
 * stays; of somebody new the sign-in name decides (`kindBySignInName`).
 */
function kindOf(user: GraphUser, completeness: Completeness): Person['kind'] | undefined {
  const signInName = user.userPrincipalName;
  if (user.userType === undefined && completeness === 'changes') return undefined;
  switch (user.userType?.toLowerCase()) {
    case 'guest':
      return 'guest';
    case 'member':
      return 'member';
    default:
      return signInName == null && completeness === 'changes'
        ? undefined
        : kindBySignInName(signInName ?? '');
  }
}

/** `PendingAcceptance`, once also spelt with a blank; anything unknown is not yet accepted. */
function invitationOf(state: string | null): Person['invitation'] {
  if (!state) return null;
  return state.trim().toLowerCase() === 'accepted' ? 'accepted' : 'pending';
}

function managerOf(user: GraphUser): string | null | undefined {
  const changes = user['manager@delta'];
  if (changes) return changes.find((change) => !change['@removed'])?.id ?? null;
  return user.manager === undefined ? undefined : (user.manager?.id ?? null);
}

/** The attributes that the record mentions; null where it clears one. */
function attributesOf(user: GraphUser, plan: ReadPlan): Record<string, string | null> {
  const mentioned = attributeNames(plan).filter((name) => user[name] !== undefined);
  return Object.fromEntries(mentioned.map((name) => [name, attributeText(user[name])]));
}

function attributeText(value: unknown): string | null {
  if (Array.isArray(value)) return value.map(attributeText).join(', ');
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : null;
}
