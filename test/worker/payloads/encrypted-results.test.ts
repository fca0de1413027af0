import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { ConfigurationError, TransientError } from '../../../domain/errors.ts';
import { createResultKey } from '../../../encryption/result-key.ts';
import { WrongUseError } from '../../../store/approvals/decisions.ts';
import { encryptResults } from '../../../worker/payloads/encrypted-results.ts';

const ada = { name: 'Ada Example' };
const asked: object[] = [];
const activities = encryptResults({
  runQuery: async (question: object) => {
    asked.push(question);
    return { ...ada, question };
  },
  check: async () => null,
  look: async () => null,
  preview: async (): Promise<void> => {
    throw new WrongUseError('Several people are meant: Ada Example, Bo Example.');
  },
  connect: async (): Promise<void> => {
    throw new TransientError('Timely did not answer.');
  },
  beginCycle: async () => ada,
});
const ask = (name: 'runQuery' | 'check' | 'preview' | 'connect', resultKey?: unknown) =>
  (activities[name] as (question: object) => Promise<unknown>)({ about: 'why', resultKey });

test('an answer is read by the command that asked, and by no other', async () => {
  const key = createResultKey();
  const encrypted = await ask('runQuery', key.publicKey);
  expect(JSON.stringify(encrypted)).not.toContain(ada.name);
  expect(key.open(encrypted)).toEqual({ ...ada, question: { about: 'why' } });
  expect(() => createResultKey().open(encrypted)).toThrow('was changed on its way');
  expect(key.open(await ask('check', key.publicKey))).toBeNull();
});

test('a refusal names people to the command alone, and is thrown there', async () => {
  const key = createResultKey();
  const encrypted = await ask('preview', key.publicKey);
  expect(JSON.stringify(encrypted)).not.toContain(ada.name);
  expect(() => key.open(encrypted)).toThrow('Several people are meant: Ada Example, Bo Example.');
  const refused = encryptResults({
    ...activities,
    check: async (): Promise<void> => {
      throw new ConfigurationError('It is wrong.', { remedy: 'Correct it.' });
    },
  });
  const check = refused.check as (question: object) => Promise<unknown>;
  const expected = { type: 'ConfigurationError', details: ['Correct it.'] };
  const answer = await check({ resultKey: key.publicKey });
  expect(() => key.open(answer)).toThrow(expect.objectContaining(expected));
});

test('what another try may heal stays a failure', async () => {
  await expect(ask('connect', createResultKey().publicKey)).rejects.toThrow(TransientError);
});

const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
test.each([
  undefined,
  null,
  7,
  '',
  'not a key',
  'A'.repeat(100_000),
  otherKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  // A point of low order: everybody knows what two of them share.
  Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), Buffer.alloc(32)]).toString('base64'),
])('a question is refused before anything is done when its key is %p', async (resultKey) => {
  asked.length = 0;
  await expect(ask('runQuery', resultKey)).rejects.toMatchObject({ nonRetryable: true, type: 'WrongUse' });
  expect(asked).toEqual([]);
});

test('activities of workflows stay as they are', async () => {
  expect(await activities.beginCycle()).toEqual(ada);
});
