import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import * as workflows from '../../workflows/index.ts';

const folder = join(import.meta.dirname, 'histories');
const codePath = join(import.meta.dirname, '..', '..', 'dist', 'workflow-bundle.js');
const files = readdirSync(folder).sort();

test('there is a history of each workflow type', () => {
  const types = new Set(files.map((file) => file.replace(/-\d+\.json$/, '')));
  const names = Object.values(workflows).flatMap((value) =>
    typeof value === 'function' ? [value.name] : [],
  );
  expect([...types].sort()).toEqual(names.sort());
});

/** When one fails after a change to a workflow, running tenants would fail the same way: guard the change by `patched`. */
test.each(files)('%s replays against the bundle without a server', async (file) => {
  const history: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  await Worker.runReplayHistory({ workflowBundle: { codePath }, replayName: file }, history);
});

test('a history that does not fit the workflow fails', async () => {
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  const text = texts.find((each) => each.includes('"openCycle"')) ?? '';
  expect(text).not.toBe('');
  await expect(
    Worker.runReplayHistory(
      { workflowBundle: { codePath }, replayName: 'changed' },
      JSON.parse(text.replaceAll('"openCycle"', '"openAnother"')),
    ),
  ).rejects.toThrow(/TMPRL1100|[Nn]ondeterminism/);
});
