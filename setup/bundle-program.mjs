/**
 * Bundles the compiled program, so that a process reads a few files instead of a thousand: the commands and the sandbox with
 * their packages, and the worker without Temporal's SDK, whose native part and threads find their files by place.
 */
import { build } from 'esbuild';
import { inProject } from './project.mjs';

/** Packages written for `require` ask it for Node's own modules. */
const requireForPackages =
  "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

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
  banner: { js: requireForPackages },
  logLevel: 'warning',
};

await build({
  ...options,
  entryPoints: {
    'timely-sync': inProject('dist', 'client', 'main.js'),
    sandbox: inProject('dist', 'simulators', 'main.js'),
  },
});
await build({
  ...options,
  entryPoints: { worker: inProject('dist', 'worker', 'main.js') },
  // OpenTelemetry is loaded when it is wanted, and a bundle would hide the names that its CommonJS packages export.
  external: ['@temporalio/*', '@opentelemetry/*', 'pg-native'],
});
