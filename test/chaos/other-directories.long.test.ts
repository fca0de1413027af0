/** A short random story for each directory but Entra, one after the other. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { okta } from './directories/okta.ts';
import { sap } from './directories/sap.ts';
import { runStory } from './run-story.ts';
import { stories } from './story.ts';

const tier = { seed: Number(process.env.CHAOS_SEED ?? 7), numRuns: 1, steps: 5 };

test.each([['okta', okta] as const, ['sap', sap] as const])(
  'a random story of %s ends with Timely as the rules say',
  async (_name, kind) => {
    const [story = []] = fc.sample(stories(tier.steps, kind), tier);
    const { differences } = await runStory(story, kind);
    expect({ story, differences }).toEqual({ story, differences: [] });
  },
  400_000,
);
