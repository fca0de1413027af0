/**
 * Bundles the compiled program, so that a process reads a few files instead of a thousand: the commands and the sandbox with
 * their packages, and the worker without Temporal's SDK, whose native part and threads find their files by place.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { inProject } from './project.mjs';

/** Packages written for `require` ask it for Node's own modules. */
const requireForPackages =
  "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

/** @satisfies {import('esbuild').BuildOptions} */
const options = {
  outdir: inProject('dist', 'program'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Read only by a Node that runs with --enable-source-maps: reading them takes a quarter of a second.
  sourcemap: true,
  sourcesContent: false,
  // A process keeps the text of what it runs. Names stay, and so do short lines, for stack traces.
  minifyWhitespace: true,
  lineLimit: 120,
  legalComments: 'linked',
  banner: { js: requireForPackages },
  write: false,
  logLevel: 'warning',
};

/**
 * One character beyond Latin-1 makes V8 take two bytes for each character of a file.
 * @param {string} text
 */
const inLatin1 = (text) =>
  text.replace(/[\u0100-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** @param {import('esbuild').BuildOptions} what */
async function bundle(what) {
  const { outputFiles = [] } = await build({ ...options, ...what });
  mkdirSync(options.outdir, { recursive: true });
  for (const { path, text } of outputFiles) writeFileSync(path, path.endsWith('.js') ? inLatin1(text) : text);
}

await bundle({
  entryPoints: {
    'timely-sync': inProject('dist', 'client', 'main.js'),
    sandbox: inProject('dist', 'simulators', 'main.js'),
  },
});
await bundle({
  entryPoints: { worker: inProject('dist', 'worker', 'main.js') },
  // OpenTelemetry is loaded when it is wanted, and a bundle would hide the names that its CommonJS packages export.
  external: ['@temporalio/*', '@opentelemetry/*', 'pg-native'],
});
