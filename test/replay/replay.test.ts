import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import * as workflows from '../../workflows/index.ts';

const folder = join(import.meta.dirname, 'histories');
const codePath = join(import.meta.dirname, '..', '..', 'dist', 'workflow-bundle.js');
const files = readdirSync(folder).sort();

test('every workflow type has a history', () => {
  const types = new Set(files.map((file) => file.replace(/-\d+\.json$/, '')));
  const names = Object.values(workflows).flatMap((value) =>
    typeof value === 'function' ? [value.name] : [],
  );
  expect([...types].sort()).toEqual(names.sort());
});

test.each(files)('%s replays against the bundle', async (file) => {
  const history: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  await replay(file, history);
});

test('a history that does not fit the workflow fails with advice', async () => {
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  const text = texts.find((each) => each.includes('"openCycle"')) ?? '';
  expect(text).not.toBe('');
  await expect(
    replay('changed.json', JSON.parse(text.replaceAll('"openCycle"', '"openAnother"'))),
  ).rejects.toThrow(/changed\.json .*patched\(\).*TMPRL1100|changed\.json .*patched\(\).*[Nn]ondeterminism/s);
});

/** @throws an error that says how to keep a changed workflow compatible */
async function replay(name: string, history: unknown): Promise<void> {
  try {
    await Worker.runReplayHistory({ workflowBundle: { codePath }, replayName: name }, history);
  } catch (error) {
    throw new Error(
      `${name} no longer replays, so running workflows would stop at the next worker. Keep the old path behind patched() ` +
        'beside the new one; only histories of a workflow type that was never released may be recorded again ' +
        `(CONTRIBUTING.md, "Histories"). ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
