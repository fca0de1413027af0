/**
 * The long tier: random stories of many seeds, side by side, for the given minutes. Started by
 * `npm run chaos -- --minutes 30 --seed 1 --directory okta`; prints the seeds, the faults, and the shortest story with a difference.
 */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { directories } from './directories/directories.ts';
import { runStory } from './run-story.ts';
import { stories, timelyFaults } from './story.ts';

const minutes = Number(process.env.CHAOS_MINUTES ?? 30);
const firstSeed = Number(process.env.CHAOS_SEED ?? 1);
const directory = process.env.CHAOS_DIRECTORY || 'entra';
const concurrency = Number(process.env.CHAOS_CONCURRENCY ?? 3);
const steps = 30;
const storiesPerSeed = 3;
/** How long a story with a difference is shortened. */
const shorteningMs = 10 * 60_000;
/** In this many stories for each of its faults a directory has shown them all, unless a switch is broken. */
const storiesForFault = 4;

/** Printed at once, because shortening a story takes minutes. */
const print = (line: string) => process.stderr.write(`${line}\n`);

test(
  `stories of ${directory} for ${minutes} minutes`,
  async () => {
    const kind = directories[directory];
    if (!kind) throw new Error(`--directory is one of ${Object.keys(directories).join(', ')}.`);
    const endAt = Date.now() + minutes * 60_000;
    const fired: Record<string, number> = {};
    const failures: string[] = [];
    let seed = firstSeed;
    let run = 0;
    const lane = async () => {
      while (Date.now() < endAt && failures.length === 0) {
        const own = seed;
        seed += 1;
        const property = fc.asyncProperty(stories(steps, kind), async (story) => {
          const ending = await runStory(story, kind);
          run += 1;
          for (const [fault, times] of Object.entries(ending.fired))
            fired[fault] = (fired[fault] ?? 0) + times;
          if (ending.differences.length > 0) print(`seed ${own}: ${ending.differences.join(' ')}`);
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
    await Promise.all(Array.from({ length: concurrency }, lane));
    console.log(
      `${run} stories of ${directory}, of the seeds ${firstSeed} to ${seed - 1}; faults that took effect: ${JSON.stringify(fired)}`,
    );
    expect(failures).toEqual([]);
    const idle = [...kind.faults, ...timelyFaults].filter((fault) => !fired[fault]);
    if (run >= storiesForFault * kind.faults.length) expect(idle).toEqual([]);
  },
  (minutes * 60_000 + shorteningMs) * 2,
);
