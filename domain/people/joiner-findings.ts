import type { Finding } from '../plan/change.ts';
import { foldText, sameText } from '../text.ts';
import type { TimelyUser } from '../timely.ts';
import type { Match } from './matching.ts';
import { type NameRules, nameForTimely } from './names.ts';
export function noAddress(match: Match): Finding {
  const message = `${match.person.name} is in scope and has no address that Timely takes, so nobody is invited. Give them a mail address in the directory.`;
  return finding('no-email', match, message);
}

/** Timely refuses digits in names (docs/reference/timely-api.md section 2.4), and what `names.refused` lists. */
export function nameFindings(match: Match, email: string, rules: NameRules): Finding[] {
  const { name, leftOut } = nameForTimely(match.person.name, email, rules);
  if (leftOut === '') return [];
  const message = `Timely refuses "${leftOut}" in names, so "${match.person.name}" is invited as "${name}". For another name write it into the tenant file under names.instead; once they are invited, only they can change it.`;
  return [
    finding(/\p{Nd}/u.test(leftOut) ? 'name-has-digits' : 'name-has-refused-characters', match, message),
  ];
}

/** Name and address can be changed only by the person themself (docs/reference/timely-api.md section 2.5). */
export function driftFindings(match: Match, rules: NameRules): Finding[] {
  const { person, email, user } = match;
  if (!user || match.how !== 'link') return [];
  const wanted = nameForTimely(person.name, email ?? '', rules).name;
  const differences = [
    ...(sameName(user.name, wanted, rules) ? [] : [`name "${person.name}"`]),
    ...(email === null || sameText(user.email, email) ? [] : [`address ${email}`]),
  ];
  if (differences.length === 0) return [];
  const message = `The directory has the ${differences.join(' and the ')}, Timely has "${user.name}" ${user.email}. Only that person can change it, in Timely.`;
  return [finding('cannot-change', match, message)];
}

/** The role that the rules want is the one we left, and Timely has another. */
export function roleFindings(match: Match, { role }: TimelyUser, wanted: string): Finding[] {
  const left = match.link?.role ?? null;
  if (left === null || !sameText(left, wanted) || sameText(role, wanted)) return [];
  const message = `${match.person.name} was made ${role} in Timely by hand; the rules want ${wanted}, and that is given back.`;
  return [finding('role-changed-by-hand', match, message)];
}

const sameName = (one: string, other: string, rules: NameRules) =>
  one === other || foldText(nameForTimely(one, '', rules).name) === foldText(other);

export const finding = (kind: string, { email, person }: Match, message: string): Finding => ({
  kind,
  subject: email ?? person.userPrincipalName,
  message,
});
