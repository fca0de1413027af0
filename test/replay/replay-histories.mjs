/**
 * Replays histories and says what they reach. Run by node, not by jest, because V8 has to count what runs.
 *   node replay-histories.mjs <workflow bundle> <history>… → {"failures": [{history, message}], "awaits": {<place>: [history]}}
 * A place is an `await` of a workflow: `workflows/approval/approval.js 3: await condition(…)`. Histories that reach every
 * one of them notice a change to any branch that waits.
 */
import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';

const [, , codePath = '', ...names] = process.argv;
// Standard output is for the result alone; the native part would write its warnings there.
const silent = { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } };
Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), telemetryOptions: silent });
const bundle = readFileSync(codePath, 'utf8');
const places = placesIn(bundle);

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** @type {{history: string, message: string}[]} */
const failures = [];
/** @type {Record<string, string[]>} */
const awaits = Object.fromEntries(places.map(({ name }) => [name, []]));

// In debug mode workflows run in this thread, whose code is counted.
const options = { workflowBundle: { codePath }, debugMode: true };
for (const name of names) {
  // Each in a worker of its own: V8 does not count a second run of functions that runs share.
  const result = Worker.runReplayHistories(options, [
    { workflowId: name, history: JSON.parse(readFileSync(name, 'utf8')) },
  ]);
  for await (const { error } of result) if (error) failures.push({ history: name, message: error.message });
  for (const place of await reached()) awaits[place]?.push(name);
}
process.stdout.write(JSON.stringify({ failures, awaits }));
await Runtime.instance().shutdown();

/** @param {string} text */
function placesIn(text) {
  const modules = [...text.matchAll(/^\/\*{3}\/ "\.\/dist\/([^"]+)"/gm)];
  /** @type {Map<string, number>} */
  const counts = new Map();
  return [...text.matchAll(/\bawait\b/g)].flatMap(({ index }) => {
    const module = modules.findLast((each) => each.index < index)?.[1] ?? '';
    const begin = text.lastIndexOf('\n', index) + 1;
    const before = text.slice(begin, index);
    if (!module.startsWith('workflows/') || /^\s*(\*|\/[/*])/.test(before)) return [];
    const count = (counts.get(module) ?? 0) + 1;
    counts.set(module, count);
    const line = text
      .slice(index, text.indexOf('\n', index))
      .replaceAll(/\(0,\w+\.(\w+)\)|_\w+__WEBPACK\w+\./g, '$1');
    return [{ index, name: `${module} ${count}: ${line}` }];
  });
}

/** The places that ran since the last call. */
async function reached() {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const scripts = result.filter(({ url }) => url.includes('workflow-bundle'));
  const ranges = scripts.map(({ functions }) => functions.flatMap((each) => each.ranges));
  return places
    .filter(({ index }) => ranges.some((some) => countAt(some, index) > 0))
    .map(({ name }) => name);
}

/**
 * The innermost range counts. Without a call since, V8 leaves a function out.
 * @param {{startOffset: number, endOffset: number, count: number}[]} ranges
 * @param {number} index
 */
function countAt(ranges, index) {
  const around = ranges.filter(({ startOffset, endOffset }) => startOffset <= index && index < endOffset);
  around.sort((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset));
  // The outermost range, the whole script, ran when the bundle was loaded.
  return around.length > 1 ? (around[0]?.count ?? 0) : 0;
}
