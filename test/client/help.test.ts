/** `--help` answers at once: it loads nothing that only a running command needs. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { projectFile } from '../production/files.ts';
import { compiledProgram } from '../support/program.ts';
import { commandLines } from './command-lines.ts';
import { runCommand } from './run-command.ts';

/** Runs all of them in one process; arguments: the program's file, and the command lines as JSON. */
const runAll = `
  const [program, lines] = process.argv.slice(1);
  const { run } = await import(program);
  const session = {
    out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text),
    readLine: async () => null, watcher: null, columns: 100, rows: null, exitCode: 0 };
  for (const words of JSON.parse(lines)) if ((await run(words, session)) !== 0) process.exitCode = 1;
`;

/** Addresses of all modules that Node ran, by its own record of what was executed. */
async function modulesRun(folder: string): Promise<string[]> {
  const files = await readdir(folder);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts
    .flatMap((text) => (JSON.parse(text) as { result: { url: string }[] }).result)
    .map(({ url }) => url)
    .filter((url) => url.startsWith('file:'));
}

const packageOf = (url: string) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];

test('--help of every command loads no package but the parser of command lines', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'timely-sync-help-'));
  try {
    const lines = [[], ...commandLines].map((words) => [...words, '--help']);
    const program = join(compiledProgram, '..', 'program.js');
    const { stdout } = await execa(
      process.execPath,
      ['--input-type=module', '--eval', runAll, program, JSON.stringify(lines)],
      { env: { NODE_V8_COVERAGE: folder } },
    );
    expect(stdout.match(/^Usage: /gm)).toHaveLength(lines.length);
    const modules = await modulesRun(folder);
    expect(modules.some((url) => url.endsWith('/dist/client/program.js'))).toBe(true);
    expect(modules.filter((url) => url.includes('/dist/client/actions/'))).toEqual([]);
    expect([...new Set(modules.map(packageOf))]).toEqual([undefined, 'commander']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(projectFile('package.json')) as { version: string };
  expect(await runCommand(['--version'])).toEqual({ exitCode: 0, out: `${version}\n`, err: '' });
});
