/**
 * Preloaded into a worker process (`NODE_OPTIONS=--import`): on SIGWINCH each of its threads writes which functions V8 has
 * run since the signal before, as JSON below COVERAGE_FOLDER. Workflows run in a thread of their own.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

const takes = new BroadcastChannel('coverage');
takes.unref();
takes.onmessage = ({ data }) => take(data);

let taken = 0;
if (isMainThread) {
  process.on('SIGWINCH', () => {
    taken += 1;
    takes.postMessage(taken);
    void take(taken);
  });
}

/** @param {number} number how many signals there have been */
async function take(number) {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const ours = result.filter(({ url }) => url.includes('/dist/') || url.includes('workflow-bundle'));
  writeFileSync(join(process.env.COVERAGE_FOLDER, `${number}-${threadId}.json`), JSON.stringify(ours));
}
