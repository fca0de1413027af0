import { describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { type FakeCheckout, runProgram, withCheckout } from './fake-checkout.ts';

const echo =
  'console.log(JSON.stringify(process.argv.slice(2)), process.env.TEMPORAL_CLI_PATH); process.exitCode = 3;';

/** Runs with a checkout whose program prints its arguments, and Temporal on the PATH. */
const withProgram = (run: (checkout: FakeCheckout, cli: string) => Promise<void>) =>
  withCheckout(async (checkout) => {
    checkout.write('client/main.ts', echo);
    const cli = checkout.program(
      'temporal',
      "console.log('temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)')",
    );
    await run(checkout, cli);
  });

describe('`npm start`', () => {
  test('sets up, runs `up --sandbox` with all further arguments, and returns its exit code', () =>
    withProgram(async (checkout, cli) => {
      const { code, stdout, stderr } = await checkout.run('setup/start.mjs', ['--once', '--json']);
      expect(stdout).toBe(`["up","--sandbox","--once","--json"] ${cli}\n`);
      expect(code).toBe(3);
      expect(stderr).toContain('Installing the dependencies');
    }));
});

describe('`npm start` whose npm was killed', () => {
  test('stops as on SIGTERM', () =>
    withProgram(async (checkout) => {
      await checkout.run('setup/build.mjs');
      checkout.write(
        'client/main.ts',
        "process.on('SIGTERM', () => { console.log('stops'); process.exit(); }); console.log('runs'); setInterval(() => {}, 1000);",
      );
      // Like npm, a shell runs the script and a signal kills the shell.
      const script = `"${process.execPath}" setup/start.mjs & wait`;
      const shell = execa('sh', ['-c', script], {
        cwd: checkout.path(),
        env: { PATH: `${checkout.path('path')}:${process.env.PATH}`, npm_lifecycle_event: 'start' },
        extendEnv: false,
        stdio: ['ignore', 'pipe', 'ignore'],
        buffer: false,
        reject: false,
      });
      const said: string[] = [];
      for await (const line of shell) {
        said.push(line);
        if (line === 'runs') shell.kill('SIGKILL');
      }
      expect(said).toEqual(['runs', 'stops']);
    }));
});

describe('the command in a checkout', () => {
  test('sets itself up and prints nothing of it on standard output', () =>
    withProgram(async (checkout) => {
      const { code, stdout } = await checkout.run('bin/timely-sync.mjs', ['status', '--json']);
      expect(stdout).toBe('["status","--json"] undefined\n');
      expect(code).toBe(3);
    }));

  test('runs without set-up where only the built program is present', () =>
    withProgram(async (checkout) => {
      await checkout.run('setup/build.mjs');
      for (const file of ['tsconfig.build.json', 'package-lock.json']) checkout.remove(file);
      checkout.write('client/main.ts', 'changed');
      expect((await checkout.run('bin/timely-sync.mjs', ['worker'])).stdout).toBe('["worker"] undefined\n');
    }));
});

/** Fakes the checks of `npm test`, by exit code. jest also writes its results. */
function checksThatEnd(
  checkout: FakeCheckout,
  codes: { tsc: number; biome: number; jest: number },
  results: object,
): void {
  checkout.program('tsc', `process.exit(args[0] === '--noEmit' ? ${codes.tsc} : 0)`, 'node_modules/.bin/tsc');
  checkout.program('biome', `process.exit(${codes.biome})`, 'node_modules/.bin/biome');
  const write = `fs.writeFileSync(args[1].split('=')[1], ${JSON.stringify(JSON.stringify(results))});`;
  checkout.program(
    'jest',
    `${write} console.log('jest', args.slice(2).join()); process.exit(${codes.jest})`,
    'node_modules/.bin/jest',
  );
}

describe('`npm test`', () => {
  const allPass = { numPassedTests: 12, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };

  test.each([
    ['all pass', { tsc: 0, biome: 0, jest: 0 }, allPass, 0, '12 passed, 0 failed'],
    ['types and lint fail', { tsc: 2, biome: 1, jest: 0 }, allPass, 1, '12 passed, 2 failed'],
    [
      'tests fail',
      { tsc: 0, biome: 0, jest: 1 },
      { ...allPass, numFailedTests: 2 },
      1,
      '12 passed, 2 failed',
    ],
    [
      'a test file does not load',
      { tsc: 0, biome: 0, jest: 1 },
      { ...allPass, numRuntimeErrorTestSuites: 1 },
      1,
      '12 passed, 1 failed',
    ],
    ['jest fails without a failed test', { tsc: 0, biome: 0, jest: 1 }, allPass, 1, '12 passed, 1 failed'],
  ])('prints the counts on its last line when %s', (_when, codes, results, code, lastLine) =>
    withProgram(async (checkout) => {
      await checkout.run('setup/build.mjs');
      checksThatEnd(checkout, codes, results);
      const outcome = await checkout.run('setup/test.mjs', ['test/domain']);
      expect(outcome.stdout).toBe(`jest test/domain\n${lastLine}\n`);
      expect(outcome.code).toBe(code);
    }),
  );

  test('counts a failed set-up as one failed test', () =>
    withProgram(async (checkout) => {
      checkout.program('npm', "console.error('npm error code ENOTFOUND'); process.exit(1)");
      const outcome = await checkout.run('setup/test.mjs');
      expect(outcome).toMatchObject({ code: 1, stdout: '0 passed, 1 failed\n' });
      expect(outcome.stderr).toContain('The package registry cannot be reached');
    }));

  test('runs in CI from any folder, with its exit code', () =>
    withProgram(async (checkout) => {
      checkout.program('npm', "console.log(args.join(' '), process.cwd()); process.exit(5)");
      const env = { PATH: `${checkout.path('path')}:${process.env.PATH}` };
      const outcome = await runProgram('bash', [checkout.path('.ci', 'run')], { cwd: '/', env });
      expect(outcome).toMatchObject({ code: 5, stdout: `test ${checkout.path()}\n` });
    }));
});

describe('set-up on an unsupported machine', () => {
  /** Starts a script as on a machine with another Node or system. */
  const startAs = (checkout: FakeCheckout, disguise: string) => {
    checkout.write('disguise.cjs', disguise);
    return checkout.run('setup/start.mjs', [], {
      NODE_OPTIONS: `--require=${checkout.path('disguise.cjs')}`,
    });
  };

  test.each(['20.18.3', '18.20.8'])('names the required Node on Node %s', (version) =>
    withProgram(async (checkout) => {
      const disguise = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
      expect(await startAs(checkout, disguise)).toMatchObject({
        code: 1,
        stdout: '',
        stderr: `This needs Node 20.19 or newer and was started with ${version}: install a newer one from nodejs.org.\n`,
      });
    }),
  );

  test('names the Windows Subsystem for Linux on Windows', () =>
    withProgram(async (checkout) => {
      const disguise = "Object.defineProperty(process, 'platform', { value: 'win32' })";
      expect(await startAs(checkout, disguise)).toMatchObject({
        code: 1,
        stderr: 'This does not run on Windows itself: use the Windows Subsystem for Linux.\n',
      });
    }));
});
