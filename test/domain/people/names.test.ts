import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nameForTimely } from '../../../domain/people/names.ts';
import { link, person, planOf, user, worldWith } from '../support/world.ts';

const noRules = { refused: '', instead: new Map<string, string>() };

describe('a name for Timely', () => {
  test.each([
    ['Ada Example', 'ada@example.com', 'Ada Example', ''],
    ['  Ada   Example ', 'ada@example.com', 'Ada Example', ''],
    ['Ada 2 Example', 'ada@example.com', 'Ada Example', '2'],
    ['Ada2', 'ada@example.com', 'Ada', '2'],
    ['Ådá Ñ٣', 'ada@example.com', 'Ådá Ñ', '٣'],
    ['4711', 'ada.example7@example.com', 'ada example', '471'],
    ['4711', '0815@example.com', 'Unnamed', '471'],
  ])('%p of %s becomes %p', (name, email, expected, leftOut) => {
    expect(nameForTimely(name, email, noRules)).toEqual({ name: expected, leftOut });
  });

  test('loses the characters that the tenant file lists', () => {
    expect(nameForTimely('Ada (Ext) & 2', 'ada@example.com', { ...noRules, refused: '()&' })).toEqual({
      name: 'Ada Ext',
      leftOut: '()&2',
    });
  });

  test('is the one of the tenant file when it gives one', () => {
    const rules = { ...noRules, instead: new Map([['r2@example.com', 'Artoo Detoo']]) };
    expect(nameForTimely('R2 D2', 'r2@Example.com', rules)).toEqual({ name: 'Artoo Detoo', leftOut: '' });
  });

  test('has no digit, is never empty, and does not change when applied again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.emailAddress(), (name, email) => {
        const first = nameForTimely(name, email, noRules).name;
        expect(first).toMatch(/^\P{Nd}+$/u);
        expect(nameForTimely(first, email, noRules)).toEqual({ name: first, leftOut: '' });
      }),
    );
  });
});

describe('a name that Timely refuses', () => {
  const people = [person('R2 D2')];
  const findings = (instead: Record<string, string>, users = [user(10, 'Other Person')]) =>
    planOf(
      worldWith({
        rules: { names: { refused: '', instead: new Map(Object.entries(instead)) } },
        directory: { people },
        timely: { users },
        personLinks: users.some(({ email }) => email === 'r2.d2@contoso.example') ? [link('r2.d2', 10)] : [],
      }),
    ).findings.filter(({ subject }) => subject === 'r2.d2@contoso.example');

  test('causes a finding before the invitation, with the new name and how to choose another', () => {
    expect(findings({})).toEqual([
      {
        kind: 'name-has-digits',
        subject: 'r2.d2@contoso.example',
        message: expect.stringMatching(/refuses "2".*"R2 D2".*as "R D".*names\.instead/),
      },
    ]);
  });

  test('causes no finding before or after the invitation when the tenant file gives another name', () => {
    const instead = { 'r2.d2@contoso.example': 'Artoo Detoo' };
    expect(findings(instead)).toEqual([]);
    expect(findings(instead, [user(10, 'Artoo Detoo', { email: 'r2.d2@contoso.example' })])).toEqual([]);
    expect(findings({}, [user(10, 'R D', { email: 'r2.d2@contoso.example' })])).toEqual([]);
  });
});
