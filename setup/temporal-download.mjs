/** Lets the SDK download Temporal's CLI into the folder given. A process of its own: it starts the server it has fetched. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { fetchedVersion } from './temporal-sources.mjs';

const environment = await TestWorkflowEnvironment.createLocal({
  server: {
    executable: { type: 'cached-download', version: `v${fetchedVersion}`, downloadDir: process.argv[2] },
  },
});
await environment.teardown();
