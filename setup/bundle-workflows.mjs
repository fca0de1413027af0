/**
 * Bundles the compiled workflows for the worker, plain and with encrypted failures. Runs in its own process, because only
 * this step needs webpack.
 */
import { writeFileSync } from 'node:fs';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { inProject } from './project.mjs';

const workflowsPath = inProject('dist', 'workflows', 'index.js');
const options = {
  workflowsPath,
  // Loaded once for each process, where each run would load its own: no file of the workflows keeps state
  // (test/house/house-rules.test.ts). A cached run then takes a third of the memory.
  preloadModules: ['@temporalio/workflow', workflowsPath],
  logger: new DefaultLogger('WARN'),
};
const failureConverterPath = inProject('dist', 'worker', 'payloads', 'failure-converter.js');

const plain = await bundleWorkflowCode(options);
writeFileSync(inProject('dist', 'workflow-bundle.js'), plain.code);
const encrypting = await bundleWorkflowCode({ ...options, failureConverterPath });
writeFileSync(inProject('dist', 'workflow-bundle-encrypting.js'), encrypting.code);
