/** Two short random stories, side by side. The long tier: `npm run chaos -- --minutes 30 --seed 1`. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { entra } from './directories/entra.ts';
import { withPlant } from './plant-defect.ts';
import { defects } from './planted-defects.ts';
import { runStory } from './run-story.ts';
import { stories } from './story.ts';

const tier = { seed: Number(process.env.CHAOS_SEED ?? 7), stories: 2, steps: 5 };

test('random stories end with Timely as the rules say', async () => {
  const chosen = fc.sample(stories(tier.steps, entra), { seed: tier.seed, numRuns: tier.stories });
  const endings = await Promise.all(
    chosen.map(async (story) => ({ story, ...(await runStory(story, entra)) })),
  );
  expect(endings.filter(({ differences }) => differences.length > 0)).toEqual([]);
}, 400_000);

test.each(Object.entries(defects))('finds the place of the defect: %s', (_name, { plants }) => {
  for (const each of plants) expect(withPlant(each)).toContain(each.to);
});
