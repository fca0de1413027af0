import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { SourceOf } from '../../config/source-settings.ts';
import { parseTenantFile, type TenantFile } from '../../config/tenant-file.ts';
import { ConfigurationError } from '../../domain/errors.ts';

/** The example of the tenant file, as in the design. */
export const exampleText = readFileSync(join(import.meta.dirname, 'tenant.example.yaml'), 'utf8');

/** The validated example with some of its text replaced; each text must occur. */
export function exampleWith(replacements: Record<string, string> = {}): TenantFile {
  return parseTenantFile(editedExample(replacements), 'tenant.yaml');
}

/** The message when the edited example is refused. */
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

/** The example as plain data, for the caller to change. */
export const exampleData = (): unknown => structuredClone(parsed);

function editedExample(replacements: Record<string, string>): string {
  return Object.entries(replacements).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`The example has no ${from}`);
    return text.replace(from, to);
  }, exampleText);
}

/** `source` of a file whose directory is Entra ID. */
export function entraOf({ source }: TenantFile): SourceOf<'entra'> {
  if (source.type === 'entra') return source;
  throw new Error(`The directory of this file is ${source.type}.`);
}
