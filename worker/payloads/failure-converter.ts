/** Messages and stacks of failures as payloads, which a codec encrypts. Temporal's SDK loads this file by its path. */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
