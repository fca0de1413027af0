/**
 * Display names: those that Timely accepts, and those of one human. Timely refuses digits (docs/reference/timely-api.md
 * section 2.4), and perhaps more.
 */
import { isSameSet } from '../same-set.ts';
import { foldText } from '../text.ts';
import { addressKey } from './address.ts';

export interface NameRules {
  /** Characters that Timely refuses, besides digits. */
  refused: string;
  /** Names that replace the directory's, by the key of the e-mail address (`addressKey`). */
  instead: ReadonlyMap<string, string>;
}

export interface AcceptedName {
  name: string;
  /** Characters dropped from the directory's name, each once; empty when none were, or when the tenant file gives the name. */
  leftOut: string;
}

/**
 * Returns the name for an invitation: the tenant file's name, else the directory's without the characters that Timely
 * refuses. When no letter is left, the local part of the address is used, and as a last resort "Unnamed".
 */
export function nameForTimely(name: string, email: string, rules: NameRules): AcceptedName {
  const given = rules.instead.size === 0 ? undefined : rules.instead.get(addressKey(email));
  if (given !== undefined) return { name: tidy(given), leftOut: '' };
  const isRefused = (character: string) => hasRefused(character, rules);
  const refused = new Set(hasRefused(name, rules) ? Array.from(name).filter(isRefused) : []);
  const accepted = (text: string) =>
    tidy(Array.from(text, (character) => (isRefused(character) ? ' ' : character)).join(''));
  const own = refused.size === 0 ? tidy(name) : accepted(name);
  const localPart = () => email.slice(0, Math.max(email.lastIndexOf('@'), 0)).replace(/[._-]+/g, ' ');
  const leftOut = [...refused].filter((character) => character.trim() !== '');
  return {
    name: hasLetter(own) ? own : ([accepted(localPart())].find(hasLetter) ?? 'Unnamed'),
    leftOut: leftOut.join(''),
  };
}

/** Whether the text has something that Timely refuses. Most names have nothing, so they are asked about as a whole first. */
const hasRefused = (text: string, { refused }: Pick<NameRules, 'refused'>): boolean =>
  /\p{Nd}/u.test(text) || Array.from(refused).some((character) => text.includes(character));

const tidy = (text: string) => text.replace(/\s+/gu, ' ').trim();
const hasLetter = (text: string) => /\p{L}/u.test(text);

/** Returns whether two names have the same words, in any order and case. A name without words agrees with none. */
export function namesAgree(one: string, other: string): boolean {
  const [words, others] = [wordsOf(one), wordsOf(other)];
  return words.size > 0 && isSameSet(words, others);
}

const wordsOf = (name: string) =>
  new Set(
    foldText(name)
      .split(/[^\p{L}\p{M}\p{N}]+/u)
      .filter((word) => word !== ''),
  );
