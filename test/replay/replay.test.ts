/**
 * Running workflows continue on this release: histories of every release replay against the built bundle. They reach every
 * message handler, timer, activity, patch marker and `await`, so that a change to any of them is noticed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as workflows from '../../workflows/index.ts';
import { historyFiles, openRelease, type Replayed, replayHistories, traitsOf } from './histories.ts';
import { calledActivities, handledMessages, patchIds, timerSummaries } from './workflow-sources.ts';

const files = historyFiles();
const advice =
  'It no longer replays, so running workflows would stop at the next worker. Keep the old path behind patched() beside the new one (CONTRIBUTING.md, "Histories").';
const toRecord = 'Record a history that reaches it (CONTRIBUTING.md, "Histories").';

/** What no story reaches yet, and why. */
const unreachable: Record<string, string> = {
  'activity recordUndelivered': 'comes after an hour of retries',
  'workflows/notifications/notify-channel.js 2': 'needs a history of thousands of messages',
  'workflows/notifications/notify-channel.js 3': 'needs a history of thousands of messages',
  'workflows/notifications/notify-channel.js 6': 'comes after an hour of retries',
  'message yield': 'needs a batch longer than the reading before it',
  'workflows/tenant-sync/apply-phases.js 6': 'the same',
  'workflows/tenant-sync/tenant-sync.js 10': 'comes after the wait that follows a failed undo',
};

let replayed: Replayed;
beforeAll(async () => {
  replayed = await replayHistories(files);
}, 180_000);

test('histories of every release replay against the bundle', () => {
  expect(files.length).toBeGreaterThan(10);
  expect(
    replayed.failures.map(({ history, message }) => `${basename(history)}: ${message} ${advice}`),
  ).toEqual([]);
});

test('a history that does not fit its workflow fails', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'timely-sync-replay-'));
  const text =
    files.map((file) => readFileSync(file, 'utf8')).find((each) => each.includes('"beginCycle"')) ?? '';
  const changed = join(folder, 'changed.json');
  writeFileSync(changed, text.replaceAll('"beginCycle"', '"beginAnother"'));
  const { failures } = await replayHistories([changed]);
  rmSync(folder, { recursive: true });
  expect(failures).toEqual([
    { history: changed, message: expect.stringMatching(/TMPRL1100|[Nn]ondeterminism/) },
  ]);
}, 60_000);

const traits = new Set(files.flatMap((file) => traitsOf(readFileSync(file, 'utf8')).traits));

describe('a history has', () => {
  const missing = (kind: string, names: readonly string[]) =>
    names
      .filter((name) => !traits.has(`${kind} ${name}`) && !(`${kind} ${name}` in unreachable))
      .map((name) => `${kind} ${name}: ${toRecord}`);
  const types = Object.values(workflows).flatMap((value) =>
    typeof value === 'function' ? [value.name] : [],
  );

  test.each([
    ['workflow', types, 8],
    ['message', handledMessages(), 10],
    ['activity', calledActivities(), 20],
    ['timer', timerSummaries(), 3],
  ])('every %s', (kind, names, atLeast) => {
    expect(names.length).toBeGreaterThanOrEqual(atLeast);
    expect(missing(kind, names)).toEqual([]);
  });

  test('every patch marker', () => {
    const markers = [...traits].filter((trait) => trait.startsWith('marker '));
    const without = patchIds().filter((id) => !markers.some((marker) => marker.includes(JSON.stringify(id))));
    expect(without.map((id) => `${id}: ${toRecord}`)).toEqual([]);
  });

  test('every place where a workflow waits', () => {
    const unreached = Object.entries(replayed.awaits).filter(
      ([place, reachedBy]) => reachedBy.length === 0 && !((place.split(':')[0] ?? '') in unreachable),
    );
    expect(Object.keys(replayed.awaits).length).toBeGreaterThan(50);
    expect(unreached.map(([place]) => `${place}: ${toRecord}`)).toEqual([]);
  });
});

describe('the recorder', () => {
  const text = (version: string) => JSON.stringify({ version });

  test('records the release that is being made', () => {
    expect(
      openRelease(text('0.2.0'), '# Changelog\n\n## 0.2.0, not released\n\n## 0.1.0, 2026-12-01\n'),
    ).toBe('0.2.0');
  });

  test.each([
    ['## 0.1.0, 2026-12-01', 'is released, so its histories stay'],
    ['## 0.0.9, not released', 'has no section for 0.1.0'],
  ])('refuses to touch another one: %s', (heading, said) => {
    expect(() => openRelease(text('0.1.0'), `# Changelog\n\n${heading}\n`)).toThrow(said);
  });
});
