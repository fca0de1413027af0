/** Two short stories, told to their ends at the same time. The long tier: `npm run chaos -- --minutes 30 --seed 1`. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planted } from './plant.ts';
import { defects } from './planted-defects.ts';
import { stories } from './story.ts';
import { tell } from './tell.ts';

const tier = { seed: Number(process.env.CHAOS_SEED ?? 7), stories: 2, steps: 8 };

test('stories by chance end with Timely as the rules say', async () => {
  const chosen = fc.sample(stories(tier.steps), { seed: tier.seed, numRuns: tier.stories });
  const endings = await Promise.all(chosen.map(async (story) => ({ story, ...(await tell(story)) })));
  expect(endings.filter(({ differences }) => differences.length > 0)).toEqual([]);
}, 400_000);

test.each(Object.entries(defects))('has its place in the program: %s', (_name, { plants }) => {
  for (const each of plants) expect(planted(each)).toContain(each.to);
});
