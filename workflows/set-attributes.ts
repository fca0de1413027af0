/** Sets search attributes, except those that the server does not know: the workflow task would fail until it does. */
import type { SearchAttributePair, SearchAttributeUpdatePair } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttributes } from './messages.ts';

/** `missing`: as an activity has told the run (activities/cycle/open-cycle.ts). */
export function setAttributes(pairs: SearchAttributeUpdatePair[], missing: readonly string[]): void {
  const known = pairs.filter(({ key }) => !missing.includes(key.name));
  if (known.length > 0) upsertSearchAttributes(known);
}

/** The tags of those whom a run concerns; nothing where the server does not know the attribute. */
export const subjectAttributes = (tags: string[], missing: readonly string[]): SearchAttributePair[] =>
  missing.includes(searchAttributes.subjects.name) || tags.length === 0
    ? []
    : [{ key: searchAttributes.subjects, value: tags }];
