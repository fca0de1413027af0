/** Two approvers are two people: no spelling of one address passes for another person. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isDeciderAddress, mailboxKey, problemWithDecider } from '../../../domain/approvals/decider-name.ts';
import { hostileTexts } from '../../support/texts/hostile-texts.ts';

describe('the person who decides', () => {
  test.each([
    'it-lead',
    'Bo Example',
    ' LEA@Contoso.example ',
    'Bo Example <bo.o-brien+sync@sub.contoso.example>',
    'mailto:bo@contoso.example',
    'bo@xn--mnchen-3ya.example',
    "May O'Brien <may.o'brien@contoso.example>",
    "'may@contoso.example'",
    'Zoë Müller-Łukasz',
    'Юлия Иванова',
    'Ελένη',
    '山田 太郎 タロウ',
    'محمد',
    '김철수',
  ])('may be %s', (by) => expect(problemWithDecider(by)).toBeNull());

  test.each([
    ['Cyrillic а', '\u0430nna@contoso.example'],
    ['Cyrillic domain', 'anna@\u0441ontoso.example'],
    ['whole word in Cyrillic', '\u0441\u043e\u0440@\u0430\u0441\u0435.example'],
    ['Greek ο', 'b\u03bf@contoso.example'],
    ['Latin alpha', '\u0251nna@contoso.example'],
    ['dotless i', 'l\u0131sa@contoso.example'],
    ['Kelvin sign', '\u212aim@contoso.example'],
    ['full-width letters', '\uff41nna@contoso.example'],
    ['full-width at', 'anna\uff20contoso.example'],
    ['small at', 'anna\ufe6bcontoso.example'],
    ['mathematical letters', '\u{1d41a}nna@contoso.example'],
    ['accent', 'anna\u0301@contoso.example'],
    ['domain with an umlaut', 'anna@m\u00fcnchen.example'],
    ['ideographic full stop', 'anna@contoso\u3002example'],
    ['dot at the end', 'anna@contoso.example.'],
    ['no domain', 'anna@'],
    ['what looks like an own word', 'anna:bo@contoso.example'],
    ['nothing before the at', 'anna(@contoso.example'],
    ['two of them, one of each', 'anna@contoso.example, b\u043eb@contoso.example'],
    ['zero-width space', 'an\u200bna@contoso.example'],
    ['soft hyphen', 'an\u00adna@contoso.example'],
    ['direction', '\u202eanna@contoso.example'],
    ['tags', 'anna\u{e0041}@contoso.example'],
    ['escape', 'anna\u001b[8m@contoso.example'],
    ['line', 'anna@contoso.example\n'],
    ['name of two scripts', 'B\u043e Example'],
    ['name of Greek and Latin', 'Al\u03b9ce'],
    ['name with Cherokee', '\u13aanna'],
  ])('is refused with a sentence: %s', (_, by) => expect(problemWithDecider(by)).toMatch(/\S+ \S+/));
});

test.each([
  ['LEA@Contoso.Example', 'lea@contoso.example', true],
  ['lea+approvals@contoso.example', 'lea@contoso.example', true],
  ['lea+a@contoso.example', 'Lea+b+c@contoso.example', true],
  ['lea.roth@contoso.example', 'learoth@contoso.example', false],
  ['+lea@contoso.example', 'lea@contoso.example', false],
  ['lea@contoso.example', 'lea@contosos.example', false],
])('%s and %s are one mailbox: %s', (one, other, isOne) =>
  expect(mailboxKey(one) === mailboxKey(other)).toBe(isOne),
);

test.each([
  "'bo@contoso.example",
  'smtp:bo@contoso.example',
  'anna,bo@contoso.example',
  'anna(bo@contoso.example',
  'anna"bo@contoso.example',
])('%s is no address of a person who decides', (address) => expect(isDeciderAddress(address)).toBe(false));

test('an address that may decide is ASCII and stays itself, whatever else it is', () =>
  fc.assert(
    fc.property(
      fc.oneof(fc.emailAddress(), fc.constantFrom(...hostileTexts), fc.string({ unit: 'binary' })),
      (text) => {
        if (!isDeciderAddress(text)) return;
        expect(text).toMatch(/^[ -~]+@[ -~]+$/);
        expect(text.normalize('NFKC')).toBe(text);
      },
    ),
  ));
