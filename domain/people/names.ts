/**
 * Display names as Timely takes them: it refuses digits (docs/reference/timely-api.md section 2.4), and perhaps more.
 */
import { foldText } from '../text.ts';

export interface NameRules {
  /** Characters that Timely refuses besides digits. */
  refused: string;
  /** Names to give in place of the directory's, by e-mail address. */
  instead: Readonly<Record<string, string>>;
}

export interface AcceptedName {
  name: string;
  /** What was left out of the directory's name, each character once; empty when nothing was, or a name was given. */
  leftOut: string;
}

/**
 * The name to invite somebody under: the one given in the tenant file, else the directory's without the characters that
 * Timely refuses and with single blanks. When no letter is left, the address's local part stands in, and at worst "Unnamed".
 */
export function nameForTimely(name: string, email: string, rules: NameRules): AcceptedName {
  const address = foldText(email);
  const given = Object.entries(rules.instead).find(([key]) => foldText(key) === address)?.[1];
  if (given !== undefined) return { name: tidy(given), leftOut: '' };
  const isRefused = (character: string) => /\p{Nd}/u.test(character) || rules.refused.includes(character);
  const accepted = (text: string) =>
    tidy(Array.from(text, (character) => (isRefused(character) ? ' ' : character)).join(''));
  const localPart = email.slice(0, Math.max(email.lastIndexOf('@'), 0)).replace(/[._-]+/g, ' ');
  const leftOut = new Set(
    Array.from(name).filter((character) => character.trim() !== '' && isRefused(character)),
  );
  return {
    name: [accepted(name), accepted(localPart)].find(hasLetter) ?? 'Unnamed',
    leftOut: [...leftOut].join(''),
  };
}

const tidy = (text: string) => text.replace(/\s+/gu, ' ').trim();
const hasLetter = (text: string) => /\p{L}/u.test(text);
