/**
 * Mentions of one person in what is kept about others, and how they are taken out. Only values are replaced, never keys, and
 * only where people stand: a person may be called `name`, `employee` or `false`.
 */
import { deciderKey } from '../approvals/decision.ts';
import { foldCase, foldText } from '../text.ts';

export const erasedText = '(erased)';

/** Everything that means the person and no other one. */
export interface Named {
  id: string;
  addresses: readonly string[];
  names: readonly string[];
  timelyIds: readonly number[];
}

/** Fields whose texts, one or a list, name a person as a whole. */
const personFields = [
  'personId',
  'personIds',
  'leads',
  'joins',
  'leaves',
  'by',
  'only',
  'except',
  'approvedBy',
];
/** Those of them that a person has typed, so that a name or an address may stand among other words. */
const typedFields = ['by', 'only', 'except', 'approvedBy'];
/** Fields with sentences of ours or of a service. */
const sentenceFields = ['why', 'detail', 'details', 'message', 'remedy', 'reason', 'reasons'];

const isWordCharacter = (character: string) => /[\p{L}\p{N}\p{M}_-]/u.test(character);
const hasLetter = (text: string) => /[\p{L}\p{N}]/u.test(text);
const isSeveralWords = (name: string) => /\S\s+\S/u.test(name);

export class Mentions {
  readonly #person: Named;
  readonly #wholes: ReadonlySet<string>;
  /** Ids and addresses: no other text looks like one. */
  readonly #certain: readonly string[];
  /** What else stands for the person in a sentence that is about them, longest first. */
  readonly #all: readonly string[];
  readonly #fullNames: readonly string[];

  constructor(person: Named) {
    const { id, addresses, names, timelyIds } = person;
    const longestFirst = (texts: string[]) =>
      [...new Set(texts.map(foldCase))].filter(hasLetter).sort((one, other) => other.length - one.length);
    this.#person = person;
    this.#wholes = new Set(
      [id, ...addresses, ...names].flatMap((text) => [foldText(text), deciderKey(text)]),
    );
    this.#certain = longestFirst([
      ...[id, ...addresses],
      ...timelyIds.flatMap((each) => [`user ${each}`, `(${each})`]),
    ]);
    this.#all = longestFirst([id, ...addresses, ...names, ...timelyIds.map(String)]);
    this.#fullNames = longestFirst(names.filter(isSeveralWords));
  }

  /** Whether a text is the person's id, address or name and nothing else. */
  isWhole(text: string): boolean {
    return this.#wholes.has(foldText(text)) || this.#wholes.has(deciderKey(text));
  }

  /**
   * A sentence without the person. It is left alone unless it is about them, which their id, an address or the number of
   * their user in Timely shows: a name alone may be any word.
   */
  sentence(text: string, isAboutThem = false): string {
    const isAbout = isAboutThem || this.#certain.some((each) => placesOf(text, each).length > 0);
    return isAbout ? this.#all.reduce(without, text) : text;
  }

  /** A note as people type them: a full name is enough there, with any blanks and forms of letters. */
  note(text: string, isAboutThem = false): string {
    const plain = text.normalize('NFKC').replace(/\s+/g, ' ');
    const erased = this.#fullNames.reduce(without, this.sentence(plain, isAboutThem));
    return erased === plain ? text : erased;
  }

  /** A JSON value without the person; the same object when it does not mention them. `field`: where it stands. */
  json(value: unknown, field = ''): unknown {
    if (typeof value === 'string') return this.#text(value, field);
    if (Array.isArray(value)) {
      const kept = value.filter((entry) => !this.#isTheirs(entry, field));
      return sameOr(
        value,
        kept.map((entry) => this.json(entry, field)),
      );
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const texts = entries.map(([key, entry]) => [key, this.json(entry, key)] as const);
    return entries.every(([, entry], index) => entry === texts[index]?.[1])
      ? value
      : Object.fromEntries(texts);
  }

  #text(text: string, field: string): string {
    if (personFields.includes(field) && this.isWhole(text)) return erasedText;
    if (typedFields.includes(field)) return this.note(text);
    return sentenceFields.includes(field) ? this.sentence(text) : text;
  }

  /** Places in teams, by Timely's number of the user. */
  #isTheirs(entry: unknown, field: string): boolean {
    const { id, timelyIds } = this.#person;
    if (field === 'takesOut') return timelyIds.some((each) => each === entry);
    if (field !== 'members' && field !== 'puts') return false;
    const { userId, personId } = Object(entry);
    return personId === id || timelyIds.includes(userId);
  }
}

const sameOr = (value: unknown[], made: unknown[]) =>
  made.length === value.length && made.every((entry, index) => entry === value[index]) ? value : made;

/** The text with every whole occurrence of a folded one replaced. */
function without(text: string, folded: string): string {
  const places = placesOf(text, folded);
  if (places.length === 0) return text;
  // Letters whose folds have another length: their places are unknown, so nothing of the text stays.
  if (foldCase(text).length !== text.length) return erasedText;
  let kept = '';
  let from = 0;
  for (const place of places) {
    kept += text.slice(from, place) + erasedText;
    from = place + folded.length;
  }
  return kept + text.slice(from);
}

/** Where a folded text stands in a text, not as a part of another word, address or number. */
function placesOf(text: string, folded: string): number[] {
  const searched = foldCase(text);
  const places: number[] = [];
  for (let at = searched.indexOf(folded); at >= 0; at = searched.indexOf(folded, at + folded.length)) {
    if (!continuesBefore(searched, at) && !continuesAfter(searched, at + folded.length)) places.push(at);
  }
  return places;
}

function continuesBefore(text: string, at: number): boolean {
  const [character = ''] = [...text.slice(Math.max(at - 2, 0), at)].slice(-1);
  return isWordCharacter(character) || /[.+@]/.test(character);
}

/** A full stop at the end of a sentence does not continue an address; one within a domain does. */
function continuesAfter(text: string, at: number): boolean {
  const [character = '', next = ''] = [...text.slice(at, at + 4)];
  return isWordCharacter(character) || character === '@' || (character === '.' && isWordCharacter(next));
}
