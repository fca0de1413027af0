import { readFile } from 'node:fs/promises';
import { parseTenantFile, type TenantFile } from '../config/tenant-file.ts';
import { sentenceOf, usageError } from './exit-codes.ts';

/**
 * Reads a tenant file and validates it.
 * @throws CommandError (2) when it cannot be read, ConfigurationError when it is not valid
 */
export async function readTenantFile(fileName: string): Promise<TenantFile> {
  return parseTenantFile(await readText(fileName), fileName);
}

async function readText(fileName: string): Promise<string> {
  try {
    return await readFile(fileName, 'utf8');
  } catch (error) {
    throw usageError(`${fileName} cannot be read (${sentenceOf(error)}): give the name of a tenant file.`);
  }
}
