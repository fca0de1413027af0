/**
 * How texts of people's making compare: without regard to case and outer blanks (docs/reference/rules.md section 2).
 */

/** The form of a text that is compared. */
export const foldText = (text: string): string => text.trim().toLowerCase();

/** True when two texts differ at most in case and outer blanks. */
export const sameText = (one: string, other: string): boolean => foldText(one) === foldText(other);

/** Orders texts by code unit: the same on every machine, whatever its locale. */
export const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Counts in words that read: `1 person`, `2 people`. */
export const formatCount = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
