import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchPattern } from '../../domain/teams/desired-teams.ts';
import { cleanText, cleanTexts, foldText, sameText } from '../../domain/text.ts';

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        'I',
        'İ',
        '\u0307',
        'i',
        'Σ',
        'σ',
        'ς',
        'é',
        'e\u0301',
        '\u212a',
        '\ud83d',
        '\0',
        ' ',
        '\u0301\u0323'.repeat(20),
      ),
      {
        maxLength: 6,
      },
    )
    .map((parts) => parts.join('')),
);

test.each([
  ['half an emoji at the end', 'Sam \ud83d', 'Sam \ufffd'],
  ['half an emoji at the start', '\ude00 Sam', '\ufffd Sam'],
  ['a NUL', 'Sam\0', 'Sam\ufffd'],
  ['a whole emoji', 'Sam 😀', 'Sam 😀'],
  ['decomposed letters', 'Cafe\u0301', 'Café'],
  ['decomposed Hangul', '\u1112\u1161\u11ab', '한'],
  ['thirty marks on a letter', `x${'\u0305'.repeat(30)}`, `x${'\u0305'.repeat(30)}`],
  [
    'more marks than a letter has',
    `x${'\u0305'.repeat(61)}`,
    `x${['\u0305'.repeat(30), '\u0305'.repeat(30), '\u0305'].join('\u034f')}`,
  ],
])('cleans %s', (_, text, clean) => expect(cleanText(text)).toBe(clean));

test.each([
  ['the Kelvin sign', 'boo\u212a@contoso.example'],
  ['the Greek question mark', 'boo\u037e@contoso.example'],
])('keeps %s of an address, which would turn into ASCII', (_, address) =>
  expect(cleanText(address)).toBe(address),
);

test('cleans all texts of JSON, keys included', () =>
  expect(cleanTexts({ 'Cafe\u0301': ['a\0', { deep: '\ud83d' }], count: 3, none: null })).toEqual({
    Café: ['a\ufffd', { deep: '\ufffd' }],
    count: 3,
    none: null,
  }));

test.each([
  ['case', 'ANA', 'ana'],
  ['outer blanks', ' Ana\t', 'Ana'],
  ['a trailing no-break space', 'Sales\u00a0', 'Sales'],
  ['a leading ideographic space', '\u3000Sales', 'Sales'],
  ['a trailing next-line sign', 'Sales\u0085', 'Sales'],
  ['the form of a letter', 'Cafe\u0301', 'CAFÉ'],
  ['the case of a dotted İ', 'İnsan Kaynakları', 'i\u0307nsan kaynakları'],
  ['the form of a dotted İ', 'İpek', 'I\u0307pek'],
  ['the place of a sigma', 'ΟΔΟΣ', 'οδοσ'],
])('compares without %s', (_, one, other) => expect(sameText(one, other)).toBe(true));

test.each([
  ['a dotless ı', 'alı', 'ali'],
  ['a dotted İ', 'İpek', 'ipek'],
  ['inner blanks', 'Ana B', 'AnaB'],
])('tells %s apart', (_, one, other) => expect(sameText(one, other)).toBe(false));

test('folds a folded or cleaned text to itself', () =>
  fc.assert(
    fc.property(texts, (text) => {
      const folded = foldText(text);
      expect([foldText(folded), foldText(cleanText(text)), cleanText(folded)]).toEqual([
        folded,
        folded,
        folded,
      ]);
      expect(cleanText(cleanText(text))).toBe(cleanText(text));
    }),
  ));

test.each([
  ['İ Team - *', 'i\u0307 team - Board', 'Board'],
  ['* - İstanbul', 'Sales - i\u0307stanbul', 'Sales'],
  ['Timely - *', 'timely - Board', 'Board'],
  ['Timely - *', 'Timely', null],
])('matches the pattern %s with the name %s', (pattern, name, part) =>
  expect(matchPattern(pattern, name)).toBe(part),
);
