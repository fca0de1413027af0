/**
 * Preloaded into a worker's process by `NODE_OPTIONS=--import`. On SIGWINCH each of its threads writes which functions V8 ran
 * since the signal before, as JSON into COVERAGE_FOLDER. Workflows run in a thread of their own.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

const signals = new BroadcastChannel('coverage');
signals.unref();
signals.onmessage = ({ data }) => writeCoverage(data);

let signalsSoFar = 0;
if (isMainThread) {
  process.on('SIGWINCH', () => {
    signalsSoFar += 1;
    signals.postMessage(signalsSoFar);
    void writeCoverage(signalsSoFar);
  });
}

/** @param {number} number how many signals there have been */
async function writeCoverage(number) {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const scripts = result.filter(({ url }) => url.includes('/dist/') || url.includes('workflow-bundle'));
  const file = join(process.env.COVERAGE_FOLDER, `${number}-${threadId}.json`);
  // Renamed into place: its reader looks by name, and must not find half of it.
  const unfinished = join(process.env.COVERAGE_FOLDER, `unfinished-${number}-${threadId}.json`);
  writeFileSync(unfinished, JSON.stringify(scripts));
  renameSync(unfinished, file);
}
