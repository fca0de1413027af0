/** Spreads what would happen at the same moment: a thousand tenants started together, or retrying after one outage. */

/** The largest part of a wait that is left out. */
const shareMax = 0.1;

/** A wait shortened by up to a tenth, by the same for the same `key`. It never gets longer. */
export const jittered = (waitMs: number, key: string): number =>
  Math.round(waitMs * (1 - shareMax * shareOf(key)));

/** A number from 0 up to 1, spread evenly over keys: FNV-1a, and a last mix because keys differ at their ends. */
function shareOf(key: string): number {
  let hash = 0x811c9dc5;
  for (const letter of key) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
