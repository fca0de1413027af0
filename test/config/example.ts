import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseTenantFile, type TenantFile } from '../../config/tenant-file.ts';
import { ConfigurationError } from '../../domain/errors.ts';

/** The contract's example, as it came with the design. */
export const exampleText = readFileSync(join(import.meta.dirname, 'tenant.example.yaml'), 'utf8');

/** The example validated, with some lines of it replaced; each replacement must be found. */
export function exampleWith(replacements: Record<string, string> = {}): TenantFile {
  return parseTenantFile(editedExample(replacements), 'tenant.yaml');
}

/** What is said when the edited example is refused. */
export function refusalOf(replacements: Record<string, string>): string {
  try {
    exampleWith(replacements);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error('This tenant file was accepted.');
}

const parsed: unknown = parse(exampleText);

/** The example as plain data, to be changed at will. */
export const exampleData = (): unknown => structuredClone(parsed);

function editedExample(replacements: Record<string, string>): string {
  return Object.entries(replacements).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`The example has no ${from}`);
    return text.replace(from, to);
  }, exampleText);
}
