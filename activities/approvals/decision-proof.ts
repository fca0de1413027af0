/**
 * The proof of an answer from the console: the person who has signed in gave exactly this answer. A token (JWT) that the page
 * signs and the activity verifies, since a validator of a workflow has no key.
 */
import { createHash } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { ChosenSubjects } from '../../domain/approvals/decision.ts';
import { canonicalJson } from '../../domain/plan/fingerprint.ts';

/** What is proven of an answer. */
export interface ProvenAnswer extends ChosenSubjects {
  /** `<tenant>/<number>`. */
  approval: string;
  by: string;
  decision: 'approve' | 'reject';
  note: string;
}

const algorithm = 'HS256';
const type = 'timely-sync-decision+jwt';
/** Long enough for a Temporal that is busy. A later copy of the answer decides nothing that this one has not. */
const validForSeconds = 600;
/** Between the clocks of two workers. */
const clockToleranceSeconds = 60;

/** Returns the proof of an answer. The first key signs. */
export async function proveAnswer(
  [key]: readonly Uint8Array[],
  answer: ProvenAnswer,
  now: Date,
): Promise<string> {
  if (!key) throw new Error('There is no key to sign a proof with.');
  const issuedAt = Math.floor(now.getTime() / 1000);
  return await new SignJWT(claimsOf(answer))
    .setProtectedHeader({ alg: algorithm, typ: type })
    .setSubject(answer.by)
    .setAudience(answer.approval)
    .setIssuedAt(issuedAt)
    .setExpirationTime(new Date((issuedAt + validForSeconds) * 1000))
    .sign(key);
}

/** Whether a proof is of this answer, signed with one of the keys, and not too old. */
export async function isProofOf(
  keys: readonly Uint8Array[],
  proof: string,
  answer: ProvenAnswer,
  now: Date,
): Promise<boolean> {
  const expected = claimsOf(answer);
  for (const key of keys) {
    const claims = await claimsIn(key, proof, answer, now);
    if (claims !== null) return claims.decision === expected.decision && claims.answer === expected.answer;
  }
  return false;
}

async function claimsIn(key: Uint8Array, proof: string, { approval, by }: ProvenAnswer, now: Date) {
  try {
    const { payload } = await jwtVerify(proof, key, {
      algorithms: [algorithm],
      typ: type,
      audience: approval,
      subject: by,
      currentDate: now,
      maxTokenAge: validForSeconds,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp', 'iat'],
    });
    return payload;
  } catch {
    // Another key, another answer, or too old: it proves nothing, whatever the reason.
    return null;
  }
}

const claimsOf = ({ decision, note, only, except }: ProvenAnswer) => ({
  decision,
  answer: createHash('sha256').update(canonicalJson({ note, only, except })).digest('base64url'),
});
