import { describe, expect, test } from '@jest/globals';
import { Mentions } from '../../../domain/journal/mentions.ts';

const person = {
  id: '5e6f',
  addresses: ['nora@contoso.example', 'N.Winter@contoso.example'],
  names: ['Nora Winter', 'Nora'],
  timelyIds: [17],
};
const mentions = new Mentions(person);

describe('a sentence', () => {
  test.each([
    ['Ask Nora Winter (nora@contoso.example).', 'Ask (erased) ((erased)).'],
    ['NORA WINTER, 5e6f, user 17', '(erased), (erased), user (erased)'],
    ['remove:n.winter@contoso.example', 'remove:(erased)'],
    ['Nora Winter left.', 'Nora Winter left.'],
    [
      'anora@contoso.example and nora@contoso.example.org',
      'anora@contoso.example and nora@contoso.example.org',
    ],
    ['17 people, 5e6f0', '17 people, 5e6f0'],
  ])('%s becomes %s', (text, expected) => {
    expect(mentions.sentence(text)).toBe(expected);
  });

  test('that is about the person loses the name too, but no part of another word', () => {
    expect(mentions.sentence('Nora and Norah Winter-Nora', true)).toBe('(erased) and Norah Winter-Nora');
  });
});

test('a note loses a full name, and a name of one word only when it is about the person', () => {
  expect(mentions.note('Nora Winter, not Nora')).toBe('(erased), not Nora');
  expect(mentions.note('Nora Winter, not Nora', true)).toBe('(erased), not (erased)');
});

test('JSON keeps its keys and the values that are no person', () => {
  const value = {
    ...{ Nora: 'Nora', role: 'Nora', by: 'Nora', personIds: ['5e6f', 'other'], name: 'Nora Winter' },
    members: [{ userId: 17 }, { userId: 18 }],
  };
  expect(mentions.json(value)).toEqual({
    ...value,
    by: '(erased)',
    personIds: ['(erased)', 'other'],
    members: [{ userId: 18 }],
  });
  const other = { by: 'Norah', members: [{ userId: 18 }], reason: 'in group "Nora"' };
  expect(mentions.json(other)).toBe(other);
});
