import { distance } from 'fastest-levenshtein';

/** The known word that somebody most likely meant, or null when none is near. Upper and lower case count as the same. */
export function nearestWord(word: string, known: readonly string[]): string | null {
  // Longer inputs cannot be near any key, and would only cost time.
  if (word.length > 60) return null;
  const ranked = known
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((one, other) => one.edits - other.edits);
  const best = ranked[0];
  return best && best.edits <= Math.max(2, best.candidate.length / 3) ? best.candidate : null;
}
