/**
 * One JavaScript realm for Node, packages, the product and tests, where jest makes one for each test file. Packages and files
 * of the product then load once for each process of jest (runtime.cjs), tests are compiled once, and globals are looked up at
 * Node's own speed: a file that imports most of the product loads in a fifth of the time.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const tls = require('node:tls');
const vm = require('node:vm');
const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/** What jest takes for the context of a test file. */
const thisRealm = {};

const { compileFunction } = vm;
/** @type {Map<string, {code: string, compiled: Function}>} by file name */
const compiledFiles = new Map();

vm.compileFunction = (code, parameters, { parsingContext, ...options }) => {
  if (parsingContext !== thisRealm) return compileFunction(code, parameters, { parsingContext, ...options });
  const known = compiledFiles.get(options.filename);
  if (known?.code === code) return known.compiled;
  const compiled = compileFunction(code, parameters, options);
  compiledFiles.set(options.filename, { code, compiled });
  return compiled;
};

/**
 * The storages of this test file. Each one that stays enabled makes every later promise slower.
 * @type {Set<AsyncLocalStorage<unknown>>}
 */
const usedStorages = new Set();
for (const method of ['run', 'enterWith']) {
  const original = AsyncLocalStorage.prototype[method];
  AsyncLocalStorage.prototype[method] = function (...values) {
    usedStorages.add(this);
    return original.apply(this, values);
  };
}

/** Jest's own for one file: with those of all files before, each event would go to all their handlers. */
function forgetTestsOfFile() {
  for (const symbol of Object.getOwnPropertySymbols(globalThis))
    if (['JEST_STATE_SYMBOL', 'EVENT_HANDLERS'].includes(symbol.description)) delete globalThis[symbol];
}

module.exports = class OneRealm {
  constructor({ projectConfig }) {
    this.global = globalThis;
    this.global.global = globalThis;
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimers = null;
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
    this.variables = { ...process.env };
    this.exitCode = process.exitCode;
    this.console = globalThis.console;
    this.createSecureContext = tls.createSecureContext;
  }

  async setup() {}

  /** Takes back what a test file may leave behind. */
  async teardown() {
    this.fakeTimersModern.dispose();
    forgetTestsOfFile();
    for (const storage of usedStorages) storage.disable();
    usedStorages.clear();
    for (const name of Object.keys(process.env)) if (!(name in this.variables)) delete process.env[name];
    Object.assign(process.env, this.variables);
    process.exitCode = this.exitCode;
    globalThis.console = this.console;
    // Tests trust a certificate by replacing it (test/directory/entra/trust.ts).
    tls.createSecureContext = this.createSecureContext;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return thisRealm;
  }
};
