/** People of SAP: which records fit, who counts as enabled, and what the sync takes of a user (docs/reference/sap.md section 6). */
import { z } from 'zod';
import type { Person } from '../../../domain/people/directory.ts';
import { objectId } from '../../odd-records.ts';
import { patchPerson, unknownPerson } from '../../person-patch.ts';
import { withKnownNames } from '../../scim/known-names.ts';
import type { PersonPatch, ReadPlan } from '../../source.ts';
import { attributeOf, attributesOf, coreUrn, enterpriseUrn, sapUserUrn } from './attributes.ts';

/** Longer than any text of a user that the sync reads. */
const shortText = z.string().max(1_000);
const optionalText = shortText.nullish().catch(null);

/** Only the day counts (docs/reference/sap.md section 6). */
const day = z
  .string()
  .regex(/^(\d{4}-\d{2}-\d{2}.{0,40})?$/)
  .transform((text) => text.slice(0, 10) || null)
  .nullish();

/** Some services write it as a text. */
const truth = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })]);

const email = z.looseObject({ value: shortText.nullish(), primary: truth.nullish().catch(null) });
const verifiedEmail = z.looseObject({ value: shortText.nullish(), verified: truth.nullish() });
const group = z.looseObject({ value: objectId });
const enterprise = z.looseObject({
  manager: z.looseObject({ value: optionalText }).nullish().catch(null),
});
const extension = z.preprocess(
  withKnownNames(['emails', 'validFrom', 'validTo']),
  z.looseObject({ emails: z.array(verifiedEmail).nullish(), validFrom: day, validTo: day }),
);

const userFields = z.looseObject({
  id: objectId,
  active: truth,
  userName: optionalText,
  displayName: optionalText,
  name: z.looseObject({ givenName: optionalText, familyName: optionalText }).nullish().catch(null),
  userType: shortText.nullish(),
  emails: z.array(email).nullish(),
  groups: z.array(group).nullish(),
  meta: z
    .looseObject({ lastModified: z.string().nullish().catch(null) })
    .nullish()
    .catch(null),
  [enterpriseUrn]: enterprise.nullish(),
  [sapUserUrn]: extension.nullish(),
});
/** A user in lists and point reads. Without `active` nothing says whether somebody left, so such a record is odd. */
export const sapUser = z.preprocess(withKnownNames(Object.keys(userFields.shape)), userFields);
export type SapUser = z.output<typeof sapUser>;

/** Attributes that every read includes. */
const commonAttributes = { department: `${enterpriseUrn}:department`, title: `${coreUrn}:title` };

/** What stands for a missing display name (docs/reference/sap.md section 2). */
const noName = 'None';

/** What a record says about a person. Records are whole: what a user lacks is not set. */
export function personPatch(user: SapUser, plan: ReadPlan): PersonPatch {
  const { userName, displayName, name, active } = user;
  const { mail, others } = addressesOf(user);
  const { kind, isOther } = kindOf(user);
  const { validFrom = null, validTo = null } = user[sapUserUrn] ?? {};
  const all = attributesOf(user);
  const common = Object.entries(commonAttributes).map(([as, from]) => [as, attributeOf(all, from)] as const);
  const asked = plan.attributes.map((each) => [each, attributeOf(all, each)] as const);
  const shown = displayName?.trim() === noName ? '' : displayName?.trim();
  const fullName = [name?.givenName, name?.familyName].filter(Boolean).join(' ').trim();
  return {
    name: shown || fullName || mail || userName?.trim() || user.id,
    // A user name of SAP is a number or any text; nobody is matched by it.
    userPrincipalName: mail ?? '',
    mail,
    proxyAddresses: [],
    otherAddresses: others,
    isMailUnverified: mail !== null && isUnverified(user, mail),
    enabled: active,
    validFrom,
    validTo,
    kind,
    otherKind: isOther ? (user.userType ?? '') : null,
    invitation: null,
    managerId: user[enterpriseUrn]?.manager?.value?.trim() || null,
    attributes: Object.fromEntries([...common, ...asked]),
  };
}

/** The person of a record. */
export const sapPerson = (user: SapUser, plan: ReadPlan): Person =>
  patchPerson(unknownPerson(user.id), personPatch(user, plan));

/** The primary address, else the only one. The others are compared by rules alone: they may be private. */
function addressesOf({ emails, userName }: SapUser): { mail: string | null; others: string[] } {
  const given = (emails ?? []).map(({ value, primary }) => ({ value: value?.trim() ?? '', primary }));
  const known = given.filter(({ value }) => value !== '');
  const primary = known.filter((each) => each.primary === true);
  const chosen = primary.length > 0 ? primary : known;
  const mail = chosen.length === 1 ? (chosen[0]?.value ?? null) : null;
  const signInName = userName?.includes('@') ? [userName.trim()] : [];
  const others = [...known.map(({ value }) => value), ...signInName].filter((value) => value !== mail);
  return { mail, others: [...new Set(others)] };
}

/** Whether an address is verified stands in a second list (docs/reference/sap.md section 2). */
const isUnverified = (user: SapUser, mail: string): boolean =>
  (user[sapUserUrn]?.emails ?? []).some(
    ({ value, verified }) => verified === false && value?.trim().toLowerCase() === mail.toLowerCase(),
  );

/** Kinds of people in the house, and from outside. All others are customers, the public, agents: they never come in. */
const houseKinds = ['', 'employee', 'onboardee'];
const guestKinds = ['partner', 'external'];

function kindOf({ userType }: SapUser): { kind: Person['kind']; isOther: boolean } {
  const written = userType?.trim().toLowerCase() ?? '';
  if (houseKinds.includes(written)) return { kind: 'member', isOther: false };
  return { kind: 'guest', isOther: !guestKinds.includes(written) };
}
