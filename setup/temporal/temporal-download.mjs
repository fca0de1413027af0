/** Lets the SDK download Temporal's CLI into a folder. Runs in its own process, because the SDK starts the server too. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { fetchedVersion } from './temporal-sources.mjs';

const environment = await TestWorkflowEnvironment.createLocal({
  server: {
    executable: { type: 'cached-download', version: `v${fetchedVersion}`, downloadDir: process.argv[2] },
  },
});
await environment.teardown();
