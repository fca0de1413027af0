/** Documents with a text in each place where a text from outside stands. */

/** Stands in a document where a text from outside would be. */
export const mark = 'TEXT';

/** A copy of the document with a text in place of each mark: always the same, or the next one of a function. */
export function filled<Document>(document: Document, text: string | (() => string)): Document;
export function filled(value: unknown, text: string | (() => string)): unknown {
  if (typeof value === 'string')
    return value.replaceAll(mark, () => (typeof text === 'string' ? text : text()));
  if (Array.isArray(value)) return value.map((entry: unknown) => filled(entry, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, filled(entry, text)]));
}
