// Our TypeScript is compiled to CommonJS for jest. Packages are loaded by Node itself (test/support/jest/runtime.cjs).
const swc = (tsx) => [
  '@swc/jest',
  {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', tsx },
      transform: { react: { runtime: 'automatic', importSource: 'hono/jsx' } },
    },
    module: { type: 'commonjs' },
  },
];

export default {
  testEnvironment: '<rootDir>/test/support/jest/environment.cjs',
  runtime: '<rootDir>/test/support/jest/runtime.cjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  transform: { '^.+\\.(ts|mjs)$': swc(false), '^.+\\.tsx$': swc(true) },
  transformIgnorePatterns: ['/node_modules/', '<rootDir>/dist/'],
  setupFiles: ['<rootDir>/test/support/properties.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  testSequencer: '<rootDir>/test/support/jest/long-files-first.mjs',
  // Most of the time of a journey is waiting. Three at once fit two cores; with four, some miss their time limits.
  maxWorkers: 3,
  workerIdleMemoryLimit: '1GB',
  testTimeout: 60_000,
};
