/** A checkout in a temporary folder with the real set-up, and fakes of the programs that set-up runs. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

const project = join(import.meta.dirname, '..', '..');

export interface ScriptOutcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export class FakeCheckout {
  readonly folder = mkdtempSync(join(tmpdir(), 'timely-setup-'));

  constructor() {
    for (const part of ['setup', 'bin', '.ci'])
      cpSync(join(project, part), this.path(part), { recursive: true });
    const lock = { packages: { '': {}, 'node_modules/pg': { version: '8.0.0', integrity: 'sha512-x' } } };
    this.write('package.json', '{"type": "module"}');
    this.write('package-lock.json', JSON.stringify(lock));
    this.write('tsconfig.json', '{}');
    this.write('tsconfig.build.json', '{"include": ["client"]}');
    this.write('client/main.ts', 'console.log("first version")');
    this.write('store/migrations/0000.sql', 'SELECT 1;');
    // The fake npm "installs" the packages that set-up needs afterwards.
    this.program('npm', `${installation(this.path())}\n`);
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text);
  }

  read(file: string): string {
    return existsSync(this.path(file)) ? readFileSync(this.path(file), 'utf8') : '';
  }

  /** Puts a program on the PATH, or elsewhere in the checkout. `code` is JavaScript that can use `fs` and `args`. */
  program(name: string, code: string, file = join('path', name)): string {
    const head = `#!${process.execPath}\nconst fs = require('node:fs'); const args = process.argv.slice(2);\n`;
    rmSync(this.path(file), { force: true });
    // A type of its own, because package.json would make the file a module.
    this.write(join(dirname(file), 'package.json'), '{"type": "commonjs"}');
    this.write(file, head + code);
    chmodSync(this.path(file), 0o755);
    return this.path(file);
  }

  /** Runs one of the scripts with only fakes on the PATH. */
  run(script: string, args: string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<ScriptOutcome> {
    return runProgram(process.execPath, [this.path(script), ...args], {
      cwd: this.folder,
      env: { PATH: this.path('path'), HOME: this.folder, ...environment },
    });
  }

  /** Removes a file, or the whole checkout. */
  remove(...parts: string[]): void {
    rmSync(this.path(...parts), { recursive: true, force: true });
  }
}

export async function runProgram(
  command: string,
  args: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<ScriptOutcome> {
  const { exitCode, stdout, stderr } = await execa(command, args, {
    ...options,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    stripFinalNewline: false,
  });
  return { code: exitCode ?? null, stdout, stderr };
}

/** Runs a test with a fresh checkout, then removes it. */
export async function withCheckout(run: (checkout: FakeCheckout) => Promise<void>): Promise<void> {
  const checkout = new FakeCheckout();
  try {
    await run(checkout);
  } finally {
    checkout.remove();
  }
}

/** Returns the code of the fake npm: it records its call and writes the packages that set-up expects. */
function installation(folder: string): string {
  const compiler = `#!${process.execPath}
import { copyFileSync, mkdirSync, appendFileSync } from 'node:fs';
appendFileSync('compiled.log', 'tsc ' + process.argv.slice(2).join(' ') + '\\n');
if (!process.argv.includes('--noEmit')) {
  mkdirSync('dist/client', { recursive: true });
  copyFileSync('client/main.ts', 'dist/client/main.js');
}
`;
  const files = {
    'node_modules/.bin/tsc': compiler,
    'node_modules/@temporalio/worker/index.js':
      'export class DefaultLogger {}; export const bundleWorkflowCode = async ({ workflowsPath }) => ({ code: "bundle of " + workflowsPath });',
    'node_modules/@temporalio/worker/package.json': '{"type": "module", "exports": "./index.js"}',
    'node_modules/esbuild/index.js':
      'import { readFileSync } from "node:fs"; export const build = async ({ entryPoints: { "timely-sync": main }, outdir }) => ({ outputFiles: main ? [{ path: outdir + "/timely-sync.js", text: readFileSync(main, "utf8") }] : [] });',
    'node_modules/esbuild/package.json': '{"type": "module", "exports": "./index.js"}',
    'node_modules/@temporalio/testing/index.js':
      'export const TestWorkflowEnvironment = { createLocal: async () => { throw new Error("failed to download ephemeral server executable"); } };',
    'node_modules/@temporalio/testing/package.json': '{"type": "module", "exports": "./index.js"}',
  };
  return `
process.chdir(${JSON.stringify(folder)});
fs.appendFileSync('npm.log', args.join(' ') + '\\n');
for (const [file, text] of Object.entries(${JSON.stringify(files)})) {
  fs.mkdirSync(require('node:path').dirname(file), { recursive: true });
  fs.writeFileSync(file, text, { mode: 0o755 });
}
const packages = JSON.parse(fs.readFileSync('package-lock.json', 'utf8')).packages;
delete packages[''];
fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));
`;
}
