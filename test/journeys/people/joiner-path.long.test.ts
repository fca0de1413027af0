/** How many files an engineer reads to follow one joiner from a page of Graph to the write in Timely. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startCoveredWorker } from '../../support/coverage.ts';
import { compiledProgram } from '../../support/program.ts';
import { startWorld, type World } from '../../support/world.ts';

const filesMax = 50;
const idleCycles = 4;

let world: World;

beforeAll(async () => {
  // Each change is an activity of its own.
  world = await startWorld({
    program: compiledProgram,
    editFile: (text) => text.replace('requestsPerSecond: 50', 'requestsPerSecond: 60'),
  });
}, 90_000);
afterAll(() => world.close());

test(`a joiner adds functions of at most ${filesMax} files to an idle cycle`, async () => {
  const worker = await startCoveredWorker(world);
  await world.start(120_000);
  await worker.take();
  // Some things happen once a second or so, such as a look at the stored tokens. No single cycle has all of them.
  const idle = new Map<string, Set<string>>();
  for (let cycle = 1; cycle <= idleCycles; cycle += 1) {
    await world.cycle();
    for (const [file, functions] of await worker.take())
      idle.set(file, new Set([...(idle.get(file) ?? []), ...functions]));
  }
  world.sandbox.microsoft.state.join({
    displayName: 'Nora Winter',
    department: 'Design',
    groups: ['Timely Users'],
  });
  await world.cycle();
  const joined = await worker.take();
  expect(world.present()).toContain('nora.winter@contoso.example');

  const added = [...joined]
    .filter(([file, functions]) => [...functions].some((name) => !idle.get(file)?.has(name)))
    .map(([file]) => file)
    .sort();
  // The way was really seen, from the page to the write, workflows included.
  expect(added).toEqual(
    expect.arrayContaining([
      'directory/entra/read/delta.js',
      'timely/user-writes.js',
      'workflows/tenant-sync/apply-plan.js',
    ]),
  );
  expect(added.length > filesMax ? added : []).toEqual([]);
}, 240_000);
