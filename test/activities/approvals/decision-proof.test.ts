/** A proof is of one answer to one request, by one person, signed with a key of the workers, for ten minutes. */
import { describe, expect, test } from '@jest/globals';
import { isProofOf, type ProvenAnswer, proveAnswer } from '../../../activities/approvals/decision-proof.ts';
import { derivedKeys } from '../../../store/account/derived-keys.ts';

const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const keys = derivedKeys(first, 'decision proofs');
const now = new Date('2026-11-30T12:00:00Z');
const minutesLater = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const answer: ProvenAnswer = {
  approval: 'contoso/3',
  by: 'lea@contoso.example',
  decision: 'approve',
  note: 'spoke to HR',
  only: [],
  except: ['remove:bo@contoso.example'],
};

describe('a proof holds', () => {
  test('for its own answer', async () => {
    const proof = await proveAnswer(keys, answer, now);
    expect(await isProofOf(keys, proof, answer, now)).toBe(true);
    expect(await isProofOf(keys, proof, answer, minutesLater(9))).toBe(true);
  });

  test('while the key is replaced', async () => {
    const proof = await proveAnswer(keys, answer, now);
    const replaced = derivedKeys([second, first], 'decision proofs');
    expect(await isProofOf(replaced, proof, answer, now)).toBe(true);
  });
});

describe('a proof does not hold', () => {
  test.each<[string, Partial<ProvenAnswer>]>([
    ['another request', { approval: 'contoso/4' }],
    ['another tenant', { approval: 'fabrikam/3' }],
    ['another person', { by: 'max@contoso.example' }],
    ['the other decision', { decision: 'reject' }],
    ['another note', { note: '' }],
    ['fewer exceptions', { except: [] }],
    ['another part', { only: ['remove'] }],
    ['the same text as another part', { only: answer.except, except: [] }],
  ])('for %s', async (_, patch) => {
    const proof = await proveAnswer(keys, answer, now);
    expect(await isProofOf(keys, proof, { ...answer, ...patch }, now)).toBe(false);
  });

  test('later, or before it was made', async () => {
    const proof = await proveAnswer(keys, answer, now);
    expect(await isProofOf(keys, proof, answer, minutesLater(12))).toBe(false);
    expect(await isProofOf(keys, proof, answer, minutesLater(-5))).toBe(false);
  });

  test('with another key, also with one of the same worker for another purpose', async () => {
    for (const others of [derivedKeys(second, 'decision proofs'), derivedKeys(first, 'console cookies')]) {
      const proof = await proveAnswer(others, answer, now);
      expect(await isProofOf(keys, proof, answer, now)).toBe(false);
    }
  });

  test.each([
    ['nothing', ''],
    ['a word', 'yes'],
    [
      'a token without a signature',
      'eyJhbGciOiJub25lIiwidHlwIjoidGltZWx5LXN5bmMtZGVjaXNpb24rand0In0.eyJzdWIiOiJsZWEifQ.',
    ],
  ])('when it is %s', async (_, proof) => {
    expect(await isProofOf(keys, proof, answer, now)).toBe(false);
  });

  test('when a part of it was changed', async () => {
    const [header, payload, signature] = (await proveAnswer(keys, answer, now)).split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'max@contoso.example' })).toString(
      'base64url',
    );
    const proof = [header, forged, signature].join('.');
    expect(await isProofOf(keys, proof, { ...answer, by: 'max@contoso.example' }, now)).toBe(false);
  });
});
