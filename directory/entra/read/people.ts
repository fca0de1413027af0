import { z } from 'zod';
import { extensionAttributesProperty, isExtensionAttribute } from '../../../domain/people/attributes.ts';
import type { Person } from '../../../domain/people/directory.ts';
import { kindBySignInName } from '../../../domain/people/person.ts';
import { objectId } from '../../odd-records.ts';
import { patchPerson, unknownPerson } from '../../person-patch.ts';
import type { PersonPatch, ReadPlan } from '../../source.ts';
import { attributeNames } from './properties.ts';

/** Marks a removed object or a removed relation. */
export const removedMark = z.object({ reason: z.string().optional() });

/** Longer than any name or address of a directory. A record with a longer text is odd. */
export const shortText = z.string().max(1_000);

const relatedObject = z.object({ id: objectId, '@removed': removedMark.nullish() });

/** A user in lists, delta pages and point reads. Other selected properties stay in it unchanged. */
export const graphUser = z.looseObject({
  '@odata.type': z.string().nullish(),
  id: objectId,
  displayName: shortText.nullish(),
  userPrincipalName: shortText.nullish(),
  mail: shortText.nullish(),
  proxyAddresses: z.array(shortText).max(1_000).nullish(),
  accountEnabled: z.boolean().nullish(),
  userType: shortText.nullish(),
  externalUserState: shortText.nullish(),
  deletedDateTime: shortText.nullish(),
  manager: relatedObject.nullish(),
  'manager@delta': z.array(relatedObject).nullish(),
  '@removed': removedMark.nullish(),
});
export type GraphUser = z.infer<typeof graphUser>;

/** Whether an entry of a stream has all properties, or those that changed. */
export type Completeness = 'whole' | 'changes';

/**
 * Whether a record shows a lost permission: a 200 with nothing but nulls
 * (docs/reference/microsoft-graph.md section 2.2). Every user has one of the two names.
 */
export function isWithoutData(user: GraphUser, completeness: Completeness): boolean {
  const names = [user.displayName, user.userPrincipalName];
  return completeness === 'whole'
    ? names.every((name) => name == null)
    : names.every((name) => name === null);
}

/** What a record says about a person: null clears, absent keeps. A record without data says nothing. */
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
  if (isAgentType(user['@odata.type'])) patch.isAgent = true;
  const kind = kindOf(user, completeness);
  if (kind) patch.kind = kind;
  const managerId = managerOf(user);
  if (managerId !== undefined) patch.managerId = managerId;
  const attributes = attributesOf(user, plan);
  if (Object.keys(attributes).length > 0) patch.attributes = attributes;
  return patch;
}

/** The person of a whole record. Properties that it leaves out were never set. */
export function entraPerson(user: GraphUser, plan: ReadPlan): Person {
  return patchPerson(unknownPerson(user.id), personPatch(user, plan, 'whole'));
}

/**
 * `userType` is null for old objects (docs/reference/microsoft-graph.md section 3). Then the `#EXT#` of an external
 * sign-in name decides. An external member is a member. Undefined when the record does not say: then the known kind
 * stays, and for a new person the sign-in name decides (`kindBySignInName`).
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

/**
 * An account of an AI agent has a type of its own, derived from that of users
 * (docs/reference/microsoft-graph.md section 3). An object never changes its type.
 */
const isAgentType = (type: string | null | undefined): boolean =>
  type?.toLowerCase() === '#microsoft.graph.agentuser';

/** `PendingAcceptance`, in one document with a blank. Any unknown state counts as pending. */
function invitationOf(state: string | null): Person['invitation'] {
  if (!state) return null;
  return state.trim().toLowerCase() === 'accepted' ? 'accepted' : 'pending';
}

function managerOf(user: GraphUser): string | null | undefined {
  const changes = user['manager@delta'];
  if (changes) return changes.find((change) => !change['@removed'])?.id ?? null;
  return user.manager === undefined ? undefined : (user.manager?.id ?? null);
}

/** The attributes that the record has; null for a cleared one. */
function attributesOf(user: GraphUser, plan: ReadPlan): Record<string, string | null> {
  const values = attributeNames(plan).map((name) => [name, attributeValue(user, name)] as const);
  return Object.fromEntries(
    values.flatMap(([name, value]) => (value === undefined ? [] : [[name, attributeText(value)]])),
  );
}

/** The value of an attribute; null when it is cleared, undefined when the record does not say. */
function attributeValue(user: GraphUser, name: string): unknown {
  if (isExtensionAttribute(name)) return extensionAttributeValue(user[extensionAttributesProperty], name);
  if (!name.startsWith('extension_')) return user[name];
  // The directory keeps the letter case in which the extension was registered.
  const written = Object.keys(user).find((key) => key.toLowerCase() === name.toLowerCase());
  return written === undefined ? undefined : user[written];
}

/** The property comes with all of the fifteen that are set. */
function extensionAttributeValue(property: unknown, name: string): unknown {
  if (property === undefined) return undefined;
  const { [name]: value = null } = z.record(z.string(), z.unknown()).catch({}).parse(property);
  return value;
}

/** Twice as long as any text of a tenant file that it is compared with. */
const attributeMax = 4_000;

function attributeText(value: unknown): string | null {
  if (Array.isArray(value)) return value.map(attributeText).join(', ').slice(0, attributeMax);
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value).slice(0, attributeMax) : null;
}
