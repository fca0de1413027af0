/** People of Okta: which records fit, who counts as enabled, and what the sync takes of a profile. */
import { z } from 'zod';
import type { Person } from '../../../domain/people/directory.ts';
import { objectId } from '../../odd-records.ts';
import { patchPerson, unknownPerson } from '../../person-patch.ts';
import type { PersonPatch, ReadPlan } from '../../source.ts';

/** Longer than any text of a profile that the sync reads. */
const shortText = z.string().max(1_000);

const instantText = z.string().refine((text) => !Number.isNaN(Date.parse(text)));

/**
 * The statuses of live people, and of the others (docs/reference/okta-and-sap.md section 1.5). A record with another status is
 * odd: it proves neither that the person is there nor that they left.
 */
const liveStatuses = [
  'ACTIVE',
  'PASSWORD_EXPIRED',
  'RECOVERY',
  'LOCKED_OUT',
  'PROVISIONED',
  'ACTIVATING',
] as const;
const otherStatuses = ['STAGED', 'SUSPENDED', 'DEPROVISIONED'] as const;
const isLive = (status: string) => liveStatuses.some((live) => live === status);

/** A user in lists and point reads. Each has a login; a record without one hides its profile. */
export const oktaUser = z.looseObject({
  id: objectId,
  status: z.enum([...liveStatuses, ...otherStatuses]),
  lastUpdated: instantText.nullish().catch(null),
  profile: z.looseObject({
    login: shortText.min(1),
    email: shortText.nullish(),
    secondEmail: shortText.nullish(),
    displayName: shortText.nullish(),
    firstName: shortText.nullish(),
    lastName: shortText.nullish(),
    managerId: shortText.nullish().catch(null),
  }),
});
export type OktaUser = z.output<typeof oktaUser>;

/** What of the tenant file decides how people are read. */
export interface PeopleRules {
  keepsSuspended: boolean;
  hireDate: string | null;
}

/** Attributes that every read includes. By the employee number others may name a manager. */
const commonAttributes = ['department', 'title', 'employeeNumber'];

/** What a record says about a person. Records are whole: what a profile lacks is not set. */
export function personPatch(
  { status, profile }: OktaUser,
  plan: ReadPlan,
  { keepsSuspended, hireDate }: PeopleRules,
): PersonPatch {
  const fullName = [profile.firstName, profile.lastName].filter(Boolean).join(' ').trim();
  const attributes = Object.fromEntries(
    [...new Set([...commonAttributes, ...plan.attributes])].map((name) => [name, attributeOf(profile, name)]),
  );
  const isPaused = keepsSuspended && status === 'SUSPENDED';
  return {
    name: profile.displayName?.trim() || fullName || profile.login,
    userPrincipalName: profile.login,
    mail: profile.email?.trim() || null,
    proxyAddresses: [],
    otherAddresses: profile.secondEmail?.trim() ? [profile.secondEmail.trim()] : [],
    enabled: isLive(status) || isPaused,
    isPaused,
    kind: 'member',
    invitation: null,
    managerId: profile.managerId?.trim() || null,
    attributes: {
      ...attributes,
      ...(hireDate !== null && { employeeHireDate: attributeOf(profile, hireDate) }),
    },
  };
}

/** The person of a record. */
export const oktaPerson = (user: OktaUser, plan: ReadPlan, rules: PeopleRules): Person =>
  patchPerson(unknownPerson(user.id), personPatch(user, plan, rules));

/** Twice as long as any text of a tenant file that it is compared with. */
const attributeMax = 4_000;

function attributeOf(profile: Record<string, unknown>, name: string): string | null {
  const exact = profile[name];
  if (exact !== undefined) return attributeText(exact);
  const written = Object.keys(profile).find((key) => key.toLowerCase() === name.toLowerCase());
  return written === undefined ? null : attributeText(profile[written]);
}

function attributeText(value: unknown): string | null {
  if (Array.isArray(value)) return value.map(attributeText).join(', ').slice(0, attributeMax);
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value).slice(0, attributeMax) : null;
}
