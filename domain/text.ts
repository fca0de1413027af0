/**
 * How free texts are compared: without case and outer blanks (docs/reference/rules.md section 2).
 */

/** Returns the form of a text for comparisons. */
export const foldText = (text: string): string => text.trim().toLowerCase();

/** Whether two texts differ only in case and outer blanks. */
export const sameText = (one: string, other: string): boolean => foldText(one) === foldText(other);

/** Orders texts by code unit, which is the same on every machine and in every locale. */
export const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Returns a count with its noun: `1 person`, `2 people`. */
export const formatCount = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
