/** Bundles the compiled workflows for the worker. Runs in its own process, because only this step needs webpack. */
import { writeFileSync } from 'node:fs';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { inProject } from './project.mjs';

const { code } = await bundleWorkflowCode({
  workflowsPath: inProject('dist', 'workflows', 'index.js'),
  logger: new DefaultLogger('WARN'),
});
writeFileSync(inProject('dist', 'workflow-bundle.js'), code);
