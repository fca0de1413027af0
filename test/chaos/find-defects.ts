/**
 * Planted defects: each goes into a copy of the program, and its story has to find it. Random stories would not find a
 * defect that its own story misses. Started by `npm run chaos -- --defects`; CHAOS_DEFECT, part of a name, selects one.
 */
import { expect, test } from '@jest/globals';
import { entra } from './directories/entra.ts';
import { plantDefect } from './plant-defect.ts';
import { defects } from './planted-defects.ts';
import { runStory } from './run-story.ts';

const [only] = (process.env.CHAOS_DEFECT ?? '').split(',').filter(Boolean);
const chosen = Object.entries(defects).filter(([name]) => only === undefined || name.includes(only));

test.each(chosen)(
  'finds the defect: %s',
  async (_name, { plants, story, found }) => {
    const { program, remove } = plantDefect(plants);
    try {
      const ending = await runStory(story, entra, program);
      expect(ending.differences.join('\n')).toMatch(found);
    } finally {
      remove();
    }
  },
  400_000,
);
