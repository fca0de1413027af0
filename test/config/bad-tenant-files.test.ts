/** Bad tenant files, each with its exact message: the place, what is wrong, what is allowed, and what was found. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { decodeText } from '../../config/file/decode-text.ts';
import { parseTenantFile } from '../../config/tenant-file.ts';
import { ConfigurationError } from '../../domain/errors.ts';

interface BadFile {
  case: string;
  put?: Record<string, string>;
  add?: string;
  text?: string;
  says: string[];
}

const table = readFileSync(join(import.meta.dirname, 'bad-tenant-files.yaml'), 'utf8');
const { good, cases } = parse(table) as { good: string; cases: BadFile[] };

function edited({ put = {}, add = '', text = `${good}${add}` }: Partial<BadFile>): string {
  return Object.entries(put).reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`The good file has no ${from}`);
    return before.replace(from, () => to);
  }, text);
}

/** The lines of the message, by a parser that must not quote a secret. */
function refusalOf(parse: () => unknown): string[] {
  try {
    parse();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  return ['accepted'];
}

test('the good file is accepted, and there are sixty bad ones', () => {
  expect(parseTenantFile(good, 'x.yaml').tenant).toBe('contoso');
  expect(cases.length).toBeGreaterThanOrEqual(60);
});

test.each(cases)('$case', ({ says, ...edit }) => {
  const refusal = refusalOf(() => parseTenantFile(edited(edit), 'x.yaml'));
  const [first = '', ...problems] = says;
  expect(refusal).toEqual([`x.yaml${first}`, ...problems.map((line) => `  ${line}`)]);
  expect(refusal.join()).not.toMatch(/hunter2|s3cr3t|r3fr3sh|abc123|12345678/);
});

test('a text without blanks that may be a secret is not repeated, wherever it stands', () => {
  const misplaced = { put: { 'tenant: contoso': 'tenant: Xy7~hunter2hunter2hunter2' } };
  expect(refusalOf(() => parseTenantFile(edited(misplaced), 'x.yaml'))[1]).toBe(
    '  line 1, column 9: tenant: must be 1 to 40 characters of a-z, 0-9 and -',
  );
});

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

test.each<[string, Buffer, string]>([
  ['Latin-1', bytes('tenant: contoso\n# M', [0xfc], 'nchen\n'), 'x.yaml, line 2: this is not UTF-8.'],
  ['a NUL', bytes('a: 1\nb: 2\nc: ', [0], '\n'), 'x.yaml, line 3: this is not UTF-8.'],
  ['UTF-16', Buffer.from('\ufefftenant: contoso', 'utf16le'), 'x.yaml is UTF-16.'],
  ['UTF-16 without its mark', Buffer.from('tenant', 'utf16le'), 'x.yaml, line 1: this is not UTF-8.'],
])('a file in another encoding is refused: %s', (_, file, message) => {
  expect(refusalOf(() => decodeText(file, 'x.yaml'))).toEqual([message]);
});

test('UTF-8 is read with and without its mark', () => {
  expect(decodeText(Buffer.from('a: München'), 'x.yaml')).toBe('a: München');
  expect(decodeText(Buffer.from('\ufeffa: München'), 'x.yaml')).toBe('a: München');
});
