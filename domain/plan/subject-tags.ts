/**
 * Tags by which Temporal's list finds the runs that changed a person or a team. They are digests of ids, because search
 * attributes are never encrypted (docs/reference/temporal.md section 2.10): people who know an id find its runs, and nobody
 * reads from a run whom it is about.
 */

/** In hexadecimal digits. Two of 100,000 subjects rarely share a tag. */
const tagLength = 10;

/** As many as fit the 2 KB of a search attribute (docs/reference/temporal.md section 2.1). */
export const subjectTagsMax = 150;

/** Stands for subjects that have no room. A search for a tag looks for it too, so that it misses no run. */
export const otherSubjects = 'others';

type Digest = (text: string) => string;

/** The tag of a person or a team, by its key (`subjectKeyOf`). */
export const subjectTag = (digest: Digest, subjectKey: string): string =>
  digest(subjectKey).slice(0, tagLength);

/** The tags of different subjects. Give one more than `subjectTagsMax` where there are more. */
export function subjectTags(digest: Digest, subjectKeys: readonly string[]): string[] {
  const tags = subjectKeys.slice(0, subjectTagsMax).map((key) => subjectTag(digest, key));
  return subjectKeys.length > subjectTagsMax ? [...tags, otherSubjects] : tags;
}
