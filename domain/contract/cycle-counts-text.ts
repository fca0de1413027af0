/** What a cycle did, in words. */
import { formatCount } from '../text.ts';
import type { CycleCounts } from './report.ts';

/** Of one, and of several where that is another word. */
const countWords: [count: keyof CycleCounts, one: string, many?: string][] = [
  ['inScope', 'in scope'],
  ['invited', 'invited'],
  ['reinstated', 'reinstated'],
  ['linked', 'linked'],
  ['roleChanged', 'with a new role'],
  ['removed', 'removed'],
  ['teamsCreated', 'new team', 'new teams'],
  ['teamsRenamed', 'team renamed', 'teams renamed'],
  ['teamMembersChanged', 'team with changed members', 'teams with changed members'],
  ['teamsRetired', 'team retired', 'teams retired'],
  ['held', 'held'],
  ['failed', 'failed'],
  ['unchanged', 'unchanged'],
];

/** The counts that are not zero: `50 in scope`, `47 invited`, `1 new team`. */
export const countTexts = (counts: CycleCounts): string[] =>
  countWords
    .filter(([key]) => counts[key] > 0)
    .map(([key, one, many = one]) => formatCount(counts[key], one, many));
