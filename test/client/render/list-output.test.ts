/** `--output` of commands that print a list. */
import { describe, expect, test } from '@jest/globals';
import { fieldsOf, printList } from '../../../client/render/list-output.ts';
import { runCommand, silentSession } from '../run-command.ts';

const { titles, rows } = fieldsOf<{ name: string; held: number | null }, 'name' | 'held'>(['name', 'held']);
const document = {
  tenants: [
    { name: 'contoso, Ltd', held: 2 },
    { name: '=1+1', held: null },
  ],
};

function printed(flags: Parameters<typeof printList>[1]): string {
  let out = '';
  const session = { ...silentSession(), out: (text: string) => (out += text) };
  printList(session, flags, document, {
    textOf: ({ tenants }) => `${tenants.length} tenants`,
    titles,
    rowsOf: ({ tenants }) => rows(tenants),
  });
  return out;
}

describe('a list', () => {
  test('is a table unless something else is asked for', () => {
    expect(printed({})).toBe('2 tenants\n');
    expect(printed({ output: 'table' })).toBe('2 tenants\n');
  });

  test('is the same document with --json and with --output json', () => {
    expect(JSON.parse(printed({ json: true }))).toEqual(document);
    expect(printed({ output: 'json' })).toBe(printed({ json: true }));
  });

  test('is CSV without formulas with --output csv', () => {
    expect(printed({ output: 'csv' })).toBe('"name","held"\r\n"contoso, Ltd","2"\r\n"\'=1+1",""\r\n');
  });
});

test.each([
  [['status', '--output', 'xml'], 'Allowed choices are table, json, csv'],
  [['findings', '--output', 'csv', '--json'], "cannot be used with option '--json'"],
  [['status', 'contoso', '--output', 'csv'], 'CSV is for the list of all tenants'],
  [['history', 'contoso', '--kind', 'hired'], '"hired" is not a kind of entry. Kinds are: invite, '],
])('%j ends with 2', async (words, said) => {
  const { exitCode, out, err } = await runCommand(words);
  expect({ exitCode, out, err }).toEqual({ exitCode: 2, out: '', err: expect.stringContaining(said) });
});
