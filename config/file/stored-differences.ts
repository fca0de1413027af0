import type { FileDifference } from '../../domain/contract/control.ts';
import { validateTenantFile } from '../tenant-file.ts';
import { fileDifferences } from './file-differences.ts';

/** What differs between two tenant files as the store has them: both with the defaults of this release. */
export const storedDifferences = (before: unknown, after: unknown): FileDifference[] =>
  fileDifferences(completeFile(before), completeFile(after));

/**
 * A stored file with the defaults of this release, and its keys in the order of docs/tenant-file.md: the store keeps them by
 * length. A file of an earlier release that is no longer valid stays as it is.
 */
export function completeFile(file: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(validateTenantFile(file)));
  } catch {
    return file;
  }
}
