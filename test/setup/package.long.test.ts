/** The npm package: what it holds, and that it runs in a folder that has nothing else. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { project, projectFile } from '../production/files.ts';

interface Packed {
  filename: string;
  version: string;
  files: { path: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'timely-package-'));
const inFolder = (...path: string[]) => join(folder, ...path);
let packed: Packed;

/** Runs a program in the folder that the package is installed in. */
const run = (program: string, args: string[]) =>
  execa(program, args, {
    cwd: inFolder('empty'),
    // The Temporal CLI of the tests, and a folder of downloads that nobody else uses.
    env: { XDG_CACHE_HOME: inFolder('cache') },
    reject: false,
  });

beforeAll(async () => {
  const { stdout } = await execa('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
    cwd: project,
  });
  // The scripts of the package say something on standard output as well.
  packed = (JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [Packed])[0];
  mkdirSync(inFolder('empty'));
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const install = await run('npm', ['install', ...options, inFolder(packed.filename)]);
  if (install.failed) throw new Error(install.stderr);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('holds the built program and its documents, and neither sources nor tests', () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      'dist/program/timely-sync.js',
      'dist/program/worker.js',
      'dist/program/sandbox.js',
      'dist/workflow-bundle.js',
      'dist/workflow-bundle-encrypting.js',
      'config/tenant.schema.json',
      'tenants/contoso.yaml',
      'docs/operating.md',
      'README.md',
      'LICENSE',
    ]),
  );
  expect(paths.filter((path) => /\.(ts|map|log|env)$|^test\/|^\.|simulators/.test(path))).toEqual([]);
});

test('brings exactly the versions that package.json names, and no development package', () => {
  const { dependencies, devDependencies } = JSON.parse(projectFile('package.json')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const versionOf = (name: string) =>
    (
      JSON.parse(readFileSync(inFolder('empty', 'node_modules', name, 'package.json'), 'utf8')) as {
        version: string;
      }
    ).version;
  const versions = Object.keys(dependencies).map((name) => [name, versionOf(name)]);
  expect(Object.fromEntries(versions)).toEqual(dependencies);
  for (const name of Object.keys(devDependencies).filter((each) =>
    /^(jest|kubernetes|fast-check)/.test(each),
  ))
    expect(() => versionOf(name)).toThrow('no such file');
});

test('has the command timely-sync', async () => {
  const { stdout } = await run('npx', ['--no-install', 'timely-sync', '--version']);
  expect(stdout).toBe(packed.version);
});

test('runs a cycle of the sandbox in an empty folder', async () => {
  const { exitCode, stdout, stderr } = await run('npx', [
    ...['--no-install', 'timely-sync', 'up', '--sandbox', '--once', '--json'],
  ]);
  // 3: the sandbox's company has changes that wait for a person.
  expect([exitCode, stderr]).toEqual([3, expect.any(String)]);
  const { tenants } = JSON.parse(stdout) as { tenants: { cycle: { counts: { invited: number } } }[] };
  expect(tenants.map(({ cycle }) => cycle.counts.invited)).toEqual([expect.any(Number)]);
  expect(tenants[0]?.cycle.counts.invited).toBeGreaterThan(40);
}, 240_000);
