/** The example file with another source, for the tests of each directory. */
import { validateTenantFile } from '../../config/tenant-file.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { exampleData } from './example.ts';

export const fileWith = (source: unknown, scope: object = { include: [{ group: 'Timely Users' }] }) =>
  validateTenantFile({ ...Object(exampleData()), source, scope });

/** What is wrong with the file; empty when nothing is. */
export function problems(...file: Parameters<typeof fileWith>): string {
  try {
    fileWith(...file);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return '';
}
