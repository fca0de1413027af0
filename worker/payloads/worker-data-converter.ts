import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DataConverter } from '@temporalio/common';
import type { PayloadKey } from '../../config/payload-keys.ts';
import { clientDataConverter } from '../../encryption/payload-codec.ts';

/** The data converter of a worker. With keys it encrypts the messages of failures too. */
export const workerDataConverter = (keys: readonly PayloadKey[]): DataConverter => ({
  ...clientDataConverter(keys),
  ...(keys.length > 0 && { failureConverterPath: inDist('worker', 'payloads', 'failure-converter.js') }),
});

/**
 * The workflows, bundled by `npm run build`, so that a worker starts in a second. Workflows make failures too and cannot read
 * settings, so there is one bundle for each form of them.
 */
export const workflowBundleFile = (keys: readonly PayloadKey[]): string =>
  inDist(keys.length > 0 ? 'workflow-bundle-encrypting.js' : 'workflow-bundle.js');

/** A file that Temporal's SDK loads by its path: two folders above this module, and one above the bundled program. */
function inDist(...parts: string[]): string {
  const ofModules = join(import.meta.dirname, '..', '..', ...parts);
  return existsSync(ofModules) ? ofModules : join(import.meta.dirname, '..', ...parts);
}
