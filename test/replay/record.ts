// Records histories of the release that is being made into `histories/<release>/`:
//   npm test -- --testMatch '**/replay/record.ts'
// It plays stories on real servers, and keeps the fewest histories that together have all that any of them has.
// It is not a test; jest runs it because jest has the compiler and the servers.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from '@jest/globals';
import { execa } from 'execa';
import { startProcess } from '../../client/local/processes.ts';
import { startTemporal, type Temporal } from '../../client/local/temporal.ts';
import type { World } from '../support/world.ts';
import { currentRelease, historiesFolder, replayHistories, traitsOf } from './histories.ts';
import { playBatches, playCompany, playDeadlines } from './stories.ts';

/** With so short a history every workflow that waits continues as new. */
const shortHistory = 40;

let folder: string;
let temporal: Temporal;
const recorded: string[] = [];
let storiesPlayed = 0;

beforeAll(async () => {
  currentRelease();
  folder = mkdtempSync(join(tmpdir(), 'timely-sync-record-'));
  const setting = `limit.historyCount.suggestContinueAsNew=${shortHistory}`;
  temporal = await startTemporal({
    dataFolder: folder,
    launch: (program) =>
      startProcess({ ...program, args: [...program.args, '--dynamic-config-value', setting] }),
  });
}, 60_000);
afterAll(async () => {
  await temporal.stop();
  rmSync(folder, { recursive: true });
});

test('records a company with all that operators do', () => playCompany(exportRuns), 280_000);
test('records batches of several changes, and cancellations', () => playBatches(exportRuns), 120_000);
test('records deadlines, and long histories', () => playDeadlines(temporal.address, exportRuns), 200_000);

test('keeps what is needed', async () => {
  if (storiesPlayed < 3) throw new Error('A story has failed, so the histories stay as they are.');
  const release = join(historiesFolder, currentRelease());
  rmSync(release, { recursive: true, force: true });
  mkdirSync(release, { recursive: true });
  const counts = new Map<string, number>();
  for (const { file, type } of await needed(recorded)) {
    const number = (counts.get(type) ?? 0) + 1;
    counts.set(type, number);
    copyFileSync(file, join(release, `${type}-${number}.json`));
  }
}, 300_000);

/** Exports the histories of all runs of a world, as an operator would. */
async function exportRuns({ client, taskQueue, variables }: World): Promise<void> {
  for await (const { workflowId, runId, type } of client.workflow.list({
    query: `TaskQueue = '${taskQueue}'`,
  })) {
    const of = [
      '--workflow-id',
      workflowId,
      '--run-id',
      runId,
      '--address',
      variables.TEMPORAL_ADDRESS ?? '',
    ];
    const args = ['workflow', 'show', '--output', 'json', ...of];
    const { stdout } = await execa(process.env.TEMPORAL_CLI_PATH ?? 'temporal', args);
    // Stack traces name folders of this machine; a replay does not read them.
    const withoutStacks = (key: string, value: unknown) => (key === 'stackTrace' ? '' : value);
    const file = join(folder, `${type}-${recorded.length}.json`);
    writeFileSync(file, `${JSON.stringify(JSON.parse(stdout, withoutStacks))}\n`);
    recorded.push(file);
  }
  storiesPlayed += 1;
}

interface Recorded {
  file: string;
  type: string;
  traits: Set<string>;
}

/** The histories with the most that no other one has, until nothing is missing. */
async function needed(files: readonly string[]): Promise<Recorded[]> {
  const { awaits, failures } = await replayHistories(files);
  if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join('\n'));
  const reachedBy = (file: string) => Object.keys(awaits).filter((place) => awaits[place]?.includes(file));
  const left = files.map((file): Recorded => {
    const { type, traits } = traitsOf(readFileSync(file, 'utf8'));
    return { file, type, traits: new Set([...traits, ...reachedBy(file)]) };
  });
  const kept: Recorded[] = [];
  const known = new Set<string>();
  for (;;) {
    const newIn = ({ traits }: Recorded) => [...traits].filter((trait) => !known.has(trait)).length;
    const best = left.reduce((one, other) => (newIn(other) > newIn(one) ? other : one));
    if (newIn(best) === 0) return kept;
    kept.push(best);
    for (const trait of best.traits) known.add(trait);
  }
}
