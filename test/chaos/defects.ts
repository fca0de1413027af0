/**
 * Planted defects: each is built into a copy of the program, and a story has to find it. What is not found here would not
 * be found by chance either. Started by `npm run chaos -- --defects`; CHAOS_DEFECT, a part of a name, plants one alone.
 */
import { expect, test } from '@jest/globals';
import { plant } from './plant.ts';
import { defects } from './planted-defects.ts';
import { tell } from './tell.ts';

const [only] = (process.env.CHAOS_DEFECT ?? '').split(',').filter(Boolean);
const chosen = Object.entries(defects).filter(([name]) => only === undefined || name.includes(only));

test.each(chosen)(
  'is found: %s',
  async (_name, { plants, story, found }) => {
    const { program, remove } = plant(plants);
    try {
      const ending = await tell(story, program);
      expect(ending.differences.join('\n')).toMatch(found);
    } finally {
      remove();
    }
  },
  400_000,
);
