import { readFile } from 'node:fs/promises';
import { decodeText } from '../config/file/decode-text.ts';
import { parseTenantFile, type TenantFile } from '../config/tenant-file.ts';
import { sentenceOf, usageError } from './exit-codes.ts';

/**
 * Reads a tenant file and validates it.
 * @throws CommandError (2) when it cannot be read, ConfigurationError when it is not UTF-8 or not valid
 */
export async function readTenantFile(fileName: string): Promise<TenantFile> {
  return parseTenantFile(decodeText(await readBytes(fileName), fileName), fileName);
}

async function readBytes(fileName: string): Promise<Uint8Array> {
  try {
    return await readFile(fileName);
  } catch (error) {
    throw usageError(`${fileName} cannot be read (${sentenceOf(error)}): give the name of a tenant file.`);
  }
}
