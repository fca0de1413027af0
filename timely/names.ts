const withoutDigits = (text: string) => tidy(text.replace(/\p{Nd}/gu, ' '));
const tidy = (text: string) => text.replace(/\s+/gu, ' ').trim();
const hasLetter = (text: string) => /\p{L}/u.test(text);

/**
 * A display name that Timely accepts: it refuses digits (timely-api.md, section 2.4), so they are left out and blanks
 * tidied. When no letter is left, the e-mail address's local part stands in, and at worst "Unnamed". `changed` tells
 * that more than blanks differ.
 */
export function nameForTimely(name: string, email: string): { name: string; changed: boolean } {
  const localPart = email.slice(0, Math.max(email.lastIndexOf('@'), 0)).replace(/[._-]+/g, ' ');
  const accepted = [withoutDigits(name), withoutDigits(localPart)].find(hasLetter) ?? 'Unnamed';
  return { name: accepted, changed: accepted !== tidy(name) };
}
