import { existsSync, rmSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { type FakeCheckout, type ScriptOutcome, withCheckout } from './fake-checkout.ts';

const lines = (text: string) => text.trim().split('\n').filter(Boolean);

/** Expects that a failed set-up ends with one sentence and no stack trace. */
function expectSentence({ code, stderr }: ScriptOutcome, sentence: string): void {
  expect(lines(stderr).at(-1)).toBe(sentence);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(code).toBe(1);
}

/** Makes npm fail with these words. */
function npmThatSays(checkout: FakeCheckout, words: string): void {
  checkout.program('npm', `process.stderr.write(${JSON.stringify(words)}); process.exit(1);`);
}

describe('set-up', () => {
  test('installs, builds and bundles in a fresh checkout, then does nothing', () =>
    withCheckout(async (checkout) => {
      const first = await checkout.run('setup/build.mjs');
      const second = await checkout.run('setup/build.mjs');
      expect([first.code, second.code]).toEqual([0, 0]);
      expect(lines(checkout.read('npm.log'))).toHaveLength(1);
      expect(lines(checkout.read('compiled.log'))).toHaveLength(1);
      for (const bundle of ['workflow-bundle.js', 'workflow-bundle-encrypting.js']) {
        const content = checkout.read(`dist/${bundle}`);
        expect(content).toBe(`bundle of ${checkout.path('dist/workflows/index.js')}`);
      }
      expect(checkout.read('dist/program/timely-sync.js')).toBe(checkout.read('client/main.ts'));
      expect(checkout.read('dist/store/migrations/0000.sql')).toBe('SELECT 1;');
      expect(second.stderr).toBe('');
    }));

  test('shows on a terminal how long it has taken', () =>
    withCheckout(async (checkout) => {
      const { stdout } = await execa(
        'script',
        ['-qefc', `'${process.execPath}' setup/build.mjs`, '/dev/null'],
        {
          cwd: checkout.folder,
          env: { PATH: `${checkout.path('path')}:${process.env.PATH}`, HOME: checkout.folder },
          extendEnv: false,
        },
      );
      expect(stdout).toMatch(/Installing the dependencies \(a minute or two the first time\)… \d+ s\r*\n/);
      expect(stdout).toMatch(/Building… \d+ s/);
    }));

  test('installs again when the lock file changes', () =>
    withCheckout(async (checkout) => {
      await checkout.run('setup/build.mjs');
      checkout.write('package-lock.json', checkout.read('package-lock.json').replace('8.0.0', '8.0.1'));
      await checkout.run('setup/build.mjs');
      expect(lines(checkout.read('npm.log'))).toHaveLength(2);
    }));

  test('accepts missing packages for other platforms', () =>
    withCheckout(async (checkout) => {
      await checkout.run('setup/build.mjs');
      const lock = JSON.parse(checkout.read('package-lock.json'));
      lock.packages['node_modules/other-platform'] = { version: '1.0.0', optional: true };
      checkout.write('package-lock.json', JSON.stringify(lock));
      await checkout.run('setup/build.mjs');
      expect(lines(checkout.read('npm.log'))).toHaveLength(1);
    }));

  test('builds again when a source changes or disappears, without files of the old build', () =>
    withCheckout(async (checkout) => {
      checkout.write('client/old.ts', '');
      await checkout.run('setup/build.mjs');
      checkout.write('dist/client/old.js', '');
      rmSync(checkout.path('client/old.ts'));
      await checkout.run('setup/build.mjs');
      expect(lines(checkout.read('compiled.log'))).toHaveLength(2);
      expect(existsSync(checkout.path('dist/client/old.js'))).toBe(false);
    }));

  test('installs and builds once when two run at the same time', () =>
    withCheckout(async (checkout) => {
      const outcomes = await Promise.all([1, 2, 3].map(() => checkout.run('setup/build.mjs')));
      expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0]);
      expect(lines(checkout.read('npm.log'))).toHaveLength(1);
      expect(lines(checkout.read('compiled.log'))).toHaveLength(1);
    }));

  test('takes over the lock of an ended process', () =>
    withCheckout(async (checkout) => {
      checkout.write('.cache/setup.lock', String(2 ** 30));
      expect((await checkout.run('setup/build.mjs')).code).toBe(0);
      expect(existsSync(checkout.path('.cache/setup.lock'))).toBe(false);
    }));
});

describe('set-up ends with a sentence', () => {
  test('when the network is missing', () =>
    withCheckout(async (checkout) => {
      npmThatSays(checkout, 'npm error code ENOTFOUND\nnpm error network request failed\n');
      expectSentence(
        await checkout.run('setup/start.mjs'),
        'The package registry cannot be reached: connect to the network (or set its proxy) and run the command again.',
      );
    }));

  test('when the disk is full', () =>
    withCheckout(async (checkout) => {
      npmThatSays(checkout, 'npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write\n');
      expectSentence(
        await checkout.run('setup/start.mjs'),
        'The disk is full: free some space (1 GB is enough) and run the command again.',
      );
    }));

  test('when npm fails for another reason', () =>
    withCheckout(async (checkout) => {
      npmThatSays(checkout, 'npm error code EUSAGE\nnpm error The lock file and package.json differ.\n');
      expectSentence(
        await checkout.run('setup/start.mjs'),
        'npm could not install the dependencies (npm error The lock file and package.json differ.): run "npm install" to see its full output.',
      );
    }));

  test('when npm is missing', () =>
    withCheckout(async (checkout) => {
      rmSync(checkout.path('path', 'npm'));
      expectSentence(
        await checkout.run('setup/start.mjs'),
        'npm cannot be run: it comes with Node, so install Node from nodejs.org again.',
      );
    }));

  test('when a source does not compile, after the output of the compiler', () =>
    withCheckout(async (checkout) => {
      await checkout.run('setup/build.mjs');
      checkout.write('client/main.ts', 'broken');
      checkout.program(
        'tsc',
        "console.log('client/main.ts(1,1): error TS1'); process.exit(1)",
        'node_modules/.bin/tsc',
      );
      const outcome = await checkout.run('setup/build.mjs');
      expect(outcome.stderr).toContain('client/main.ts(1,1): error TS1\n');
      expectSentence(
        outcome,
        'The build failed: fix what the compiler reports above and run the command again.',
      );
      expect((await checkout.run('setup/build.mjs')).code).toBe(1);
    }));
});
