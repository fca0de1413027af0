/**
 * How texts come in and how they are compared (docs/reference/rules.md section 1.8). There is one fold. SQL never folds by
 * itself, because PostgreSQL's `lower` depends on a locale and its `btrim` knows one kind of blank: the store keeps what
 * `foldText` returns.
 */

/** Printable ASCII without outer blanks: nothing to clean, and nothing but case to fold. */
const plain = /^[!-~](?:[ -~]*[!-~])?$/;

/** Without NUL and combining marks: each of these characters is composed, and nothing joins two of them. */
const composed = /^[\t\n\r -\u02ff]*$/;

/** Three characters that NFC turns into ASCII: `;`, the grave accent and the K of the Kelvin sign. */
const asciiLookalikes = /[\u037e\u1fef\u212a]/;

/**
 * More marks in a row, such as accents, than any script has (UAX #15). NFC takes quadratic time to put them in order, so they are
 * divided by a character that cannot be seen.
 */
const longRun = /(?<!(?!\u034f)\p{M})(?:(?!\u034f)\p{M}){31,}/gu;
const thirtyMarks = /\p{M}{30}(?=\p{M})/gu;

/**
 * Returns a text as the sync stores it: NFC, with U+FFFD for NUL and for each half of a character, which PostgreSQL refuses.
 * They are replaced and not dropped, so that a damaged text never becomes another one that means somebody else. For the same
 * reason an address keeps the characters that NFC would turn into ASCII.
 */
export function cleanText(text: string): string {
  if (plain.test(text) || composed.test(text)) return text;
  const wellFormed = text.toWellFormed().replaceAll('\0', '\ufffd');
  if (!wellFormed.includes('@') || !asciiLookalikes.test(wellFormed)) return composedText(wellFormed);
  return wellFormed
    .split(/([\u037e\u1fef\u212a])/)
    .map((part) => (asciiLookalikes.test(part) ? part : composedText(part)))
    .join('');
}

const composedText = (text: string): string =>
  text.replace(longRun, (run) => run.replace(thirtyMarks, '$&\u034f')).normalize('NFC');

/** Cleans every text of parsed JSON, keys included, in place, because a page may have a hundred thousand values. */
export function cleanTexts(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) value[index] = cleanTexts(entry);
    return value;
  }
  if (!isMapping(value)) return value;
  for (const key of Object.keys(value)) {
    const name = cleanText(key);
    const entry = cleanTexts(value[key]);
    if (name !== key) delete value[key];
    value[name] = entry;
  }
  return value;
}
const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Returns the form of a text for comparisons: NFC, without case and without outer blanks of any kind. */
export const foldText = (text: string): string =>
  plain.test(text) ? text.toLowerCase() : foldCase(withoutOuterBlanks(text));

/** Not a pattern: `[\s]+$` takes quadratic time for a text of blanks with a letter behind them. */
function withoutOuterBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text.charAt(start))) start += 1;
  while (start < end && isBlank(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** U+0085 is a blank to Unicode and not to JavaScript. */
const isBlank = (character: string) => character === '\u0085' || character.trim() === '';

/**
 * Returns a text without case, by Unicode's rules and no locale's. "İ" becomes "i" with a dot above, as JavaScript has it.
 * The sigma has two small letters, of which `toLowerCase` takes one by its place in the word.
 */
export const foldCase = (text: string): string =>
  cleanText(text).toLowerCase().replaceAll('ς', 'σ').normalize('NFC');

/** Whether two texts differ only in case and outer blanks. */
export const sameText = (one: string, other: string): boolean => foldText(one) === foldText(other);

/** Orders texts by code unit, which is the same on every machine and in every locale. */
export const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Whether a text is an object id of a person in one of the directories: a GUID, or an id of Okta's. */
export const isObjectId = (text: string): boolean => isGuid(text) || /^00u[0-9A-Za-z]{12,30}$/.test(text);

/** Whether a text is a GUID, as object ids of Entra ID are. */
export const isGuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** The name of a tenant, which is part of addresses and of ids in Temporal. */
export const tenantNamePattern = /^[a-z0-9-]{1,40}$/;

/** Returns a count with its noun: `1 person`, `2 people`. */
export const formatCount = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
