import { domainToASCII, domainToUnicode } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressKey, domainInAscii, domainKey, usableAddress } from '../../../domain/people/address.ts';

describe('an address goes out', () => {
  test.each([
    ['as it is', 'ada@a.example', 'ada@a.example'],
    ['with a domain in lower case and the local part as it is', 'Ada.L@A.Example', 'Ada.L@a.example'],
    ['without outer blanks', '  ada@a.example ', 'ada@a.example'],
    ['with every printable character in front of the @', "o'ne+two=3!@a.example", "o'ne+two=3!@a.example"],
    ['with a top-level domain in Punycode', 'ada@firma.xn--p1ai', 'ada@firma.xn--p1ai'],
    ['with a domain in Punycode', 'ada@xn--mnchen-3ya.example', 'ada@xn--mnchen-3ya.example'],
    ['with a domain of other letters in ASCII', 'ada@münchen.example', 'ada@xn--mnchen-3ya.example'],
    [
      'with ASCII capitals in such a domain in lower case',
      'ada@MüNCHEN.Example',
      'ada@xn--mnchen-3ya.example',
    ],
    ['with a domain of another script in ASCII', 'ada@пример.рф', 'ada@xn--e1afmkfd.xn--p1ai'],
    ['with a sharp s as it is written', 'ada@straße.example', 'ada@xn--strae-oqa.example'],
  ])('%s', (_, written, sent) => {
    expect(usableAddress(written)).toBe(sent);
  });
});

describe('an address is not usable', () => {
  test.each([
    ['with a Kelvin sign in front of the @', '\u212aim@a.example'],
    ['with a Kelvin sign in the domain', 'kim@\u212aontoso.example'],
    ['with a full-width letter in front of the @', '\uff4bim@a.example'],
    ['with a full-width letter in the domain', 'kim@\uff43ontoso.example'],
    ['with an ideographic full stop', 'kim@a\u3002example'],
    ['with a zero-width space in front of the @', 'kim\u200b@a.example'],
    ['with a zero-width space in the domain', 'kim@a\u200b.example'],
    ['with a zero-width joiner in the domain', 'kim@\u0915\u094d\u200d\u0937.example'],
    ['with a zero-width no-break space in front', '\ufeffkim@a.example'],
    ['with a soft hyphen in front of the @', 'k\u00adim@a.example'],
    ['with a soft hyphen in the domain', 'kim@con\u00adtoso.example'],
    ['with a letter outside ASCII in front of the @', 'zoë@a.example'],
    ['with a capital outside ASCII in the domain', 'kim@MÜNCHEN.example'],
    ['with Punycode that means nothing', 'kim@xn--a.example'],
    ['with Punycode beyond Unicode', 'kim@xn--zzzzzz.example'],
    ['with Punycode of a control character', 'kim@xn--0.example'],
    ['with Punycode of letters that need none', 'kim@xn--a-.example'],
    ['with Punycode that UTS 46 refuses', 'kim@a.xn--a-ecp'],
    ['with Punycode that means nothing beside other letters', 'kim@xn--a.münchen.example'],
    ['with a blank or a second @', 'kim kim@a@a.example'],
    ['without a top-level domain', 'kim@localhost'],
    ['with a number for a domain', 'kim@1.2.3.4'],
    ['with the syntax of a web address', 'kim@a.example:80/ü'],
    ['without anything in front of the @', '@a.example'],
    ['without an @', 'kim'],
  ])('%s', (_, written) => {
    expect(usableAddress(written)).toBeNull();
  });
});

test('a domain in ASCII turns back into exactly what was written', () => {
  const letters = fc.constantFrom(...'abz09-äößéяж例え한ا\u0301\u00ad\u200b\u212a\uff41ÅÜ😀');
  const label = fc.array(letters, { minLength: 1, maxLength: 8 }).map((each) => each.join(''));
  fc.assert(
    fc.property(label, (written) => {
      const domain = `${written}.example`;
      const ascii = domainInAscii(domain);
      if (ascii !== null) expect([ascii, domainToUnicode(ascii)]).toEqual([domainToASCII(domain), domain]);
      else if (/^[a-zäößéяж]+$/.test(written))
        expect(domainToUnicode(domainToASCII(domain))).not.toBe(domain);
    }),
    { numRuns: 300 },
  );
});

test('addresses and domains compare by what they mean, even where they cannot go out', () => {
  expect(addressKey(' Ada@MÜNCHEN.example')).toBe(addressKey('ada@münchen.example'));
  expect(addressKey('ADA@münchen.example')).toBe('ada@xn--mnchen-3ya.example');
  expect(domainKey('MÜNCHEN.example')).toBe(domainKey('xn--mnchen-3ya.example'));
});
