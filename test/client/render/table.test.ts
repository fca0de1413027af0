/** Tables by the room that there is, and their colours. */
import { describe, expect, test } from '@jest/globals';
import stringWidth from 'string-width';
import { painted, showsColours } from '../../../client/render/paint.ts';
import { table } from '../../../client/render/table.ts';
import { fitted, wrapped } from '../../../client/render/wrapped-text.ts';

const head = ['what', 'who', 'why'];
const rows = [
  ['+ invite', 'Ada Example <ada@contoso.example>', 'scope.include 2: department "Design"'],
  ['- remove', 'Maximiliane von Hohenstein <maximiliane.von-hohenstein@contoso.example>', 'left'],
];
const widest = (text: string) => Math.max(...text.split('\n').map((line) => stringWidth(line)));

describe('a table', () => {
  test('has a frame where there is room', () => {
    expect(table(head, rows.slice(0, 1), 120)).toBe(
      [
        '┌──────────┬───────────────────────────────────┬──────────────────────────────────────┐',
        '│ what     │ who                               │ why                                  │',
        '├──────────┼───────────────────────────────────┼──────────────────────────────────────┤',
        '│ + invite │ Ada Example <ada@contoso.example> │ scope.include 2: department "Design" │',
        '└──────────┴───────────────────────────────────┴──────────────────────────────────────┘',
      ].join('\n'),
    );
  });

  test('has columns without a frame where there is less', () => {
    expect(table(head, rows.slice(0, 1), 80)).toBe(
      [
        'what      who                                why',
        '+ invite  Ada Example <ada@contoso.example>  scope.include 2: department',
        '                                             "Design"',
      ].join('\n'),
    );
  });

  test('has a row below a row where columns would be too narrow', () => {
    expect(table(head, rows, 80)).toBe(
      [
        '+ invite  Ada Example <ada@contoso.example>',
        '    scope.include 2: department "Design"',
        '- remove  Maximiliane von Hohenstein',
        '    <maximiliane.von-hohenstein@contoso.example>',
        '    left',
      ].join('\n'),
    );
  });

  test.each([60, 80, 100, 120])('keeps an id, an address and a path whole at %d columns', (columns) => {
    const copied = [
      '8f0c2a4e-1111-4222-8333-444455556666',
      'https://contoso.okta.example/api/v1/groups/1',
      '/var/run/secrets/contoso/timely-client-secret',
    ];
    const found = copied.map((text) => [
      'warning',
      'directory',
      'safety.sensitive',
      `Look at ${text} first.`,
    ]);
    const text = table(['', 'side', 'check', 'found'], found, columns);
    for (const each of copied) expect(text).toContain(each);
    expect(widest(text)).toBeLessThanOrEqual(columns);
  });

  test.each([20, 40, 80, 100, 120, 200])('is at most %d wide, whatever stands in it', (columns) => {
    const long = ['x'.repeat(70), '名'.repeat(40), 'y'.repeat(300)];
    expect(widest(table(head, [...rows, long], columns))).toBeLessThanOrEqual(columns);
  });

  test('names what a cell is when its column is gone', () => {
    const wide = ['id', 'rule', 'state', 'expires', 'about'];
    const row = ['contoso/1', 'identity-mismatch', 'open', '2026-12-07 05:38', 'a'.repeat(40)];
    expect(table(wide, [row], 80)).toBe(
      `contoso/1  identity-mismatch  open  expires 2026-12-07 05:38\n    ${'a'.repeat(40)}`,
    );
  });
});

test('a word that is longer than the line is broken, and no character is lost', () => {
  expect(wrapped('see abcdefghij now', 4)).toEqual(['see', 'abcd', 'efgh', 'ij', 'now']);
  expect(wrapped('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 2)).toEqual(['👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦']);
});

describe('colours', () => {
  test('are on the first cell of a line that begins with a sign or a state', () => {
    expect(painted('+ invite  Ada')).toBe('\u001b[32m+ invite\u001b[39m  Ada');
    expect(painted('│ - remove │ Bo │')).toBe('│ \u001b[31m- remove\u001b[39m │ Bo │');
    expect(painted('│ warning │ x │')).toBe('│ \u001b[33mwarning\u001b[39m │ x │');
    expect(painted('okay, held by hand')).toBe('okay, held by hand');
  });

  test('are for terminals, unless NO_COLOR is set', () => {
    expect(showsColours({ isTTY: true }, {})).toBe(true);
    expect(showsColours({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(showsColours({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(showsColours({}, {})).toBe(false);
  });
});

test('prose breaks at blanks and keeps its indentation; an address to paste stays whole', () => {
  const address = 'https://timely.example/oauth/authorize?client_id=0123456789';
  expect(fitted(`Sign in at this page now:\n${address}\n  timely-sync resume contoso`, 20)).toBe(
    ['Sign in at this page', 'now:', address, '  timely-sync resume', '  contoso'].join('\n'),
  );
});
