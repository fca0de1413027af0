/** Text from outside is data wherever it is shown. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonText, markdownText, oneLine, shownTexts, terminalText } from '../../domain/shown-text.ts';
import { hostileTexts, markdownAttacks, unseenCharacter } from '../support/texts/hostile-texts.ts';
import { markdownish, markedParts, readText } from '../support/texts/rendered-markdown.ts';

const anyText = fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ unit: 'binary', maxLength: 300 }));

describe('for a terminal', () => {
  test('keeps what people read, and the line breaks that are ours', () => {
    const text =
      'Ådne Müller <ada@contoso.example>: 名前, Ελένη, ျွှို့, הַשְּׁבִיעִֽי, e\u0301\n  • “quoted” – 1 → 2 │ §';
    expect(terminalText(text)).toBe(text);
    expect(oneLine(text)).toBe(text.replace(/\s+/g, ' '));
  });

  test.each([
    ['\u001b[2K\u001b[1AAda', '[2K [1AAda'],
    ['\u001b]52;c;cm0=\u0007', ']52;c;cm0='],
    ['a\u009b31mb', 'a 31mb'],
    ['a\u202eb\u2066c\u2069d\u200ee\u061cf', 'a b c d e f'],
    ['a\u200bb\ufeffc\u{e0041}d\u00ade', 'a b c d e'],
    [`a${'\u0301'.repeat(99)}b`, `a${'\u0301'.repeat(6)}b`],
    ['\u0338\u20e0 a', 'a'],
    ['a\r\nb\u2028c\u0085d\tb', 'a b c d b'],
  ])('shows %j as %j on one line', (text, shown) => expect(oneLine(text)).toBe(shown));

  test('lets nothing through that cannot be seen, and no line of its own', () =>
    fc.assert(
      fc.property(anyText, fc.nat(40), (text, lengthMax) => {
        expect(terminalText(text)).not.toMatch(unseenCharacter);
        expect(terminalText(text).split('\n')).toHaveLength(text.split('\n').length);
        const line = oneLine(text, lengthMax + 1);
        expect(line).not.toMatch(unseenCharacter);
        expect(line).not.toMatch(/\s\s|^\s|\n/);
        expect(line.length).toBeLessThanOrEqual(lengthMax + 1);
        expect(oneLine(line)).toBe(line);
      }),
    ));
});

test('JSON holds the exact text, and only characters that can be seen', () =>
  fc.assert(
    fc.property(fc.dictionary(anyText, fc.array(anyText)), (data) => {
      const text = jsonText(data);
      expect(text).not.toMatch(unseenCharacter);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(data)));
    }),
  ));

test('a copy for people has each text on one line, at any depth', () => {
  const data = { id: 7, at: null, lines: [{ name: 'a\nb', decisions: ['c\u001b[2Jd'] }], done: true };
  expect(shownTexts(data)).toEqual({ ...data, lines: [{ name: 'a b', decisions: ['c [2Jd'] }] });
});

describe('as Markdown', () => {
  test.each([
    ['Ada Example', 'Ada Example'],
    ['front_desk (front_desk@contoso.example)', 'front_desk (front_desk@contoso.example)'],
    ['in group "R&D – Oslo", 10 %', 'in group "R&D – Oslo", 10 %'],
    ['=1+1 for 5 $', '&#61;1+1 for 5 &#36;'],
  ])('shows %j by %j', (text, markdown) => expect(markdownText(text)).toBe(markdown));

  test.each(markdownAttacks)('shows %j as plain text', (attack) => {
    for (const place of [markdownText(attack), `Ada ${markdownText(attack)} end`])
      expect(markedParts(place)).toEqual([]);
    expect(markedParts(`- **invite** ${markdownText(attack)}: x`)).toEqual([
      expect.stringMatching(/^list: /),
      expect.stringMatching(/^list_item: /),
      'strong: **invite**',
    ]);
  });

  test('would show headings, links, images, code, tables and HTML without the escapes', () => {
    const kinds = markdownAttacks.flatMap(markedParts).map((part) => part.split(':')[0]);
    for (const kind of [
      'heading',
      'link',
      'image',
      'code',
      'codespan',
      'table',
      'blockquote',
      'list',
      'html',
    ])
      expect(kinds).toContain(kind);
  });

  test('shows exactly the text on its one line, as plain text', () =>
    fc.assert(
      fc.property(fc.oneof(markdownish, anyText), (text) => {
        expect(markedParts(markdownText(text))).toEqual([]);
        expect(readText(`x ${markdownText(text)} x`)).toBe(`x ${oneLine(text)} x`);
      }),
    ));
});
