import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { tenantJsonSchema } from '../../config/tenant-schema.ts';
import { exampleText } from './example.ts';

const stored: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../config/tenant.schema.json'), 'utf8'),
);

test('config/tenant.schema.json matches the schema (else: npm run build, node dist/config/write-schema.js, npm run format)', () => {
  expect(stored).toEqual(JSON.parse(tenantJsonSchema()));
});

describe('an editor with the JSON Schema', () => {
  // Reads JSON Schema as editors do, without any code of the tenant file.
  const editor = z.fromJSONSchema(JSON.parse(tenantJsonSchema()));
  const accepts = (text: string) => editor.safeParse(parse(text)).success;

  test('accepts the example', () => {
    expect(accepts(exampleText)).toBe(true);
  });

  test.each([
    ['an unknown key', 'graceDays:', 'graceDay:'],
    ['a literal secret', 'env:TENANT_CONTOSO_ENTRA_SECRET', 'hunter2'],
    ['a word that is not allowed', 'labels: names', 'labels: initials'],
    ['a duration without a unit', 'every: 5m', 'every: 5'],
  ])('marks %s', (_, from, to) => {
    expect(exampleText).toContain(from);
    expect(accepts(exampleText.replace(from, to))).toBe(false);
  });
});
