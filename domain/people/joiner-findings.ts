/** Findings about people in scope that no change of the plan can fix, or that explain one. */

import type { Match } from '../identity/matching.ts';
import type { Finding } from '../plan/change.ts';
import type { FindingKind } from '../plan/finding-kinds.ts';
import { foldText, sameText } from '../text.ts';
import type { TimelyUser } from '../timely.ts';
import { isSameAddress } from './address.ts';
import { type NameRules, nameForTimely } from './names.ts';
import { unusableMail } from './person.ts';
/** The person has no usable address. */
export function noAddressFinding(match: Match): Finding {
  const message = `${match.person.name} is in scope, but has no usable address, so they are not invited. Give them a mail address in the directory, of printable ASCII letters in front of the @.`;
  return joinerFinding('no-email', match, message);
}

/** The address in Timely is another one than `mail`: perhaps one without a mailbox. */
export function fallbackFindings(match: Match): Finding[] {
  const mail = unusableMail(match.person);
  if (mail === null || match.email === null) return [];
  const message = `The mail address ${JSON.stringify(mail)} of ${match.person.name} is not usable, so ${match.email} stands for them in Timely. Check that they receive mail there, or correct the mail address in the directory.`;
  return [joinerFinding('email-fallback', match, message)];
}

/** Timely refuses digits in names (docs/reference/timely-api.md section 2.4) and the characters of `names.refused`. */
export function nameFindings(match: Match, email: string, rules: NameRules): Finding[] {
  const { name, leftOut } = nameForTimely(match.person.name, email, rules);
  if (leftOut === '') return [];
  const message = `Timely refuses "${leftOut}" in names, so "${match.person.name}" is invited as "${name}". To choose another name, set it under names.instead in the tenant file before the invitation: afterwards only the person can change it.`;
  return [
    joinerFinding(
      /\p{Nd}/u.test(leftOut) ? 'name-has-digits' : 'name-has-refused-characters',
      match,
      message,
    ),
  ];
}

/** Only the person can change their own name and address (docs/reference/timely-api.md section 2.5). */
export function driftFindings(match: Match, rules: NameRules): Finding[] {
  const { person, email, user } = match;
  if (!user || match.how !== 'link') return [];
  const wanted = nameForTimely(person.name, email ?? '', rules).name;
  const hasOtherAddress = email !== null && !isSameAddress(user.email, email);
  const differences = [
    ...(hasSameName(user.name, wanted, rules) ? [] : [`name "${person.name}"`]),
    ...(hasOtherAddress ? [`address ${email}`] : []),
  ];
  if (differences.length === 0) return [];
  const advice = driftAdvice({ pending: user.pending === true, newAddress: hasOtherAddress ? email : null });
  const message = `The directory has the ${differences.join(' and the ')}, but Timely has "${user.name}" ${user.email}. ${advice}`;
  return [joinerFinding('cannot-change', match, message)];
}

/** What to do about a name or address in Timely that differs from the directory. */
export function driftAdvice({
  pending,
  newAddress,
}: {
  /** The invitation was not accepted. */
  pending: boolean;
  /** The directory's address when Timely has another one. */
  newAddress: string | null;
}): string {
  if (!pending) return 'Only the person can change this, in Timely.';
  return newAddress === null
    ? 'They have not accepted the invitation yet. When they have, they can change it in Timely.'
    : `They have not accepted the invitation, which nobody can change. Remove them in Timely: the sync then invites ${newAddress} instead, as leavers.removedInTimely allows.`;
}

/** The role was changed by hand: the rules still want the role that the sync gave, but Timely has another. */
export function roleFindings(match: Match, { role }: TimelyUser, wanted: string): Finding[] {
  const lastGiven = match.link?.role ?? null;
  if (lastGiven === null || !sameText(lastGiven, wanted) || sameText(role, wanted)) return [];
  const message = `The role of ${match.person.name} was changed to ${role} in Timely by hand; the sync restores ${wanted}.`;
  return [joinerFinding('role-changed-by-hand', match, message)];
}

const hasSameName = (one: string, other: string, rules: NameRules) =>
  one === other || foldText(nameForTimely(one, '', rules).name) === foldText(other);

/** Makes a finding about the person. */
export const joinerFinding = (kind: FindingKind, { email, person }: Match, message: string): Finding => ({
  kind,
  subject: email ?? person.userPrincipalName,
  message,
});
