/** Packages are loaded by Node, once for each process of jest; the project's own files by jest, for each test file. */
const { createRequire } = require('node:module');
const { default: Runtime } = require('jest-runtime');

/** Keep the managed identity of the process for ever, and each test has its own. */
const keepsStateOfProcess = /^@azure\/(identity|msal-)/;

class SharedPackages extends Runtime {
  constructor(...options) {
    super(...options);
    const loader = this.cjsLoader;
    const requireModule = loader.requireModule.bind(loader);
    loader.requireModule = (from, name, moduleOptions, isActual) => {
      const isPackage = /^[^./]/.test(name ?? '') && !moduleOptions?.isInternalModule;
      return isPackage && !keepsStateOfProcess.test(name)
        ? createRequire(from)(name)
        : requireModule(from, name, moduleOptions, isActual);
    };
  }
}

module.exports = { __esModule: true, default: SharedPackages };
