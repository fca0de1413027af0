import type { FileDifference } from '../../domain/contract/control.ts';
import { validateTenantFile } from '../tenant-file.ts';
import { fileDifferences } from './file-differences.ts';

/** What differs between two tenant files as the store has them: both with the defaults of this release. */
export const storedDifferences = (before: unknown, after: unknown): FileDifference[] =>
  fileDifferences(asStored(before), asStored(after));

/** A file of an earlier release may no longer be valid. */
function asStored(file: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(validateTenantFile(file)));
  } catch {
    return file;
  }
}
