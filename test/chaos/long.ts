/**
 * The long tier: stories by many seeds, side by side, for as long as it is told to. Started by
 * `npm run chaos -- --minutes 30 --seed 1`; prints what happened, and the shortest story that went wrong.
 */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { directoryFaults, stories, timelyFaults } from './story.ts';
import { tell } from './tell.ts';

const minutes = Number(process.env.CHAOS_MINUTES ?? 30);
const firstSeed = Number(process.env.CHAOS_SEED ?? 1);
const lanes = Number(process.env.CHAOS_LANES ?? 3);
const steps = 30;
const storiesPerSeed = 3;
/** A story that went wrong is told again and again, shorter each time, for so long. */
const shorteningMs = 10 * 60_000;
/** From so many stories on, each fault has had its turn, or its switch is broken. */
const storiesForAllFaults = 60;

/** At once, since shortening a story takes minutes. */
const say = (line: string) => process.stderr.write(`${line}\n`);

test(
  `stories for ${minutes} minutes`,
  async () => {
    const endAt = Date.now() + minutes * 60_000;
    const fired: Record<string, number> = {};
    const failures: string[] = [];
    let seed = firstSeed;
    let told = 0;
    const lane = async () => {
      while (Date.now() < endAt && failures.length === 0) {
        const own = seed;
        seed += 1;
        const property = fc.asyncProperty(stories(steps), async (story) => {
          const ending = await tell(story);
          told += 1;
          for (const [fault, times] of Object.entries(ending.fired))
            fired[fault] = (fired[fault] ?? 0) + times;
          if (ending.differences.length > 0) say(`seed ${own}: ${ending.differences.join(' ')}`);
          expect(ending.differences).toEqual([]);
        });
        const details = await fc.check(property, {
          seed: own,
          numRuns: storiesPerSeed,
          interruptAfterTimeLimit: Math.max(endAt - Date.now(), 0) + shorteningMs,
        });
        if (details.failed) failures.push(fc.defaultReportMessage(details) ?? `seed ${own} failed`);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    console.log(
      `${told} stories by the seeds ${firstSeed} to ${seed - 1}; faults that fired: ${JSON.stringify(fired)}`,
    );
    expect(failures).toEqual([]);
    const idle = [...directoryFaults, ...timelyFaults].filter((fault) => !fired[fault]);
    if (told >= storiesForAllFaults) expect(idle).toEqual([]);
  },
  (minutes * 60_000 + shorteningMs) * 2,
);
