/**
 * Packages and files of the product are loaded once for each process of jest, tests for each test file. Node itself loads
 * packages.
 */
const { createRequire } = require('node:module');
const { sep } = require('node:path');
const { default: Runtime } = require('jest-runtime');

/** Keep the managed identity of the process for ever: a test can load its own (`jest.isolateModulesAsync`). */
const keepsStateOfProcess = /^@azure\/(identity|msal-)/;

/** @type {Map<string, unknown>} by path */
const loadedFiles = new Map();
/** That of the test file that runs. A file of the product may load another one later. */
let current = null;

class SharedModules extends Runtime {
  constructor(config, ...others) {
    super(config, ...others);
    current = this;
    this.registries.moduleRegistry = registryOf(config.rootDir);
    const loader = this.cjsLoader;
    const requireModule = loader.requireModule.bind(loader);
    loader.requireModule = (from, name, moduleOptions, isActual) => {
      const isPackage = /^[^./]/.test(name ?? '') && !moduleOptions?.isInternalModule;
      return isPackage && !keepsStateOfProcess.test(name)
        ? createRequire(from)(name)
        : requireModule(from, name, moduleOptions, isActual);
    };
  }

  requireModuleOrMock(from, name) {
    return this === current ? super.requireModuleOrMock(from, name) : current.requireModuleOrMock(from, name);
  }
}

/** What jest uses of a Map, in two: files of the product stay. */
function registryOf(rootDir) {
  const filesOfTest = new Map();
  const isOfProduct = (path) =>
    path.startsWith(rootDir + sep) && !/[/\\](test|node_modules)[/\\]/.test(path.slice(rootDir.length));
  const mapOf = (path) => (isOfProduct(path) ? loadedFiles : filesOfTest);
  return {
    get: (path) => mapOf(path).get(path),
    has: (path) => mapOf(path).has(path),
    set: (path, module) => mapOf(path).set(path, module),
    delete: (path) => mapOf(path).delete(path),
    keys: () => [...loadedFiles.keys(), ...filesOfTest.keys()],
    clear: () => filesOfTest.clear(),
  };
}

module.exports = { __esModule: true, default: SharedModules };
