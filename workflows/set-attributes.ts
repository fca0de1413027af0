/** Sets search attributes, except those that the server does not know: the workflow task would fail until it does. */
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';

/** `missing`: as an activity has told the run (activities/cycle/open-cycle.ts). */
export function setAttributes(pairs: SearchAttributeUpdatePair[], missing: readonly string[]): void {
  const known = pairs.filter(({ key }) => !missing.includes(key.name));
  if (known.length > 0) upsertSearchAttributes(known);
}
