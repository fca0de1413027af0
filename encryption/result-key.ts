/** Encrypts an answer for the one command that asked: it makes a key pair for its question, and forgets it. */
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { decryptBytes, encryptBytes } from './aes-gcm.ts';

/** An answer as Temporal keeps it: the worker's public key of this answer and the cipher text, both in base64. */
const encryptedResult = z.object({ sender: z.string(), encrypted: z.string() });
type EncryptedResult = z.output<typeof encryptedResult>;

/** What is encrypted: an answer, or why there is none. */
const outcome = z.union([
  z.object({
    refusal: z.object({
      message: z.string(),
      type: z.string().nullish(),
      details: z.array(z.unknown()).nullish(),
    }),
  }),
  z.object({ answer: z.unknown() }),
]);
export type Outcome = z.output<typeof outcome>;

/** What a command needs to be answered. */
export interface ResultKey {
  /** For the worker, beside the question. */
  publicKey: string;
  /**
   * Returns the answer.
   * @throws the worker's failure when it refused; ZodError or Error for a result that was not encrypted with this key
   */
  open(result: unknown): unknown;
}

/** `seed`: 32 bytes that make the same key each time, for an answer that another process may open. Default: random. */
export function createResultKey(seed: Uint8Array | null = null): ResultKey {
  const own = seed === null ? generateKeyPairSync('x25519') : keyPairOf(seed);
  const publicKey = textOfKey(own.publicKey);
  return {
    publicKey,
    open(result) {
      const { sender, encrypted } = encryptedResult.parse(result);
      const key = sharedKey(own.privateKey, keyOfText(sender));
      const bytes = decryptBytes(Buffer.from(encrypted, 'base64'), key, contextOf(sender, publicKey));
      if (bytes === null) throw new Error('The answer of the worker was changed on its way.');
      const opened = outcome.parse(JSON.parse(bytes.toString('utf8')));
      if (!('refusal' in opened)) return opened.answer;
      const { message, type, details } = opened.refusal;
      throw ApplicationFailure.nonRetryable(message, type, ...(details ?? []));
    },
  };
}

/** Returns what seals an outcome for the public key of a question; null when that is none. */
export function encryptFor(publicKey: unknown): ((opened: Outcome) => EncryptedResult) | null {
  if (typeof publicKey !== 'string') return null;
  const own = generateKeyPairSync('x25519');
  const sender = textOfKey(own.publicKey);
  let key: Uint8Array;
  try {
    key = sharedKey(own.privateKey, keyOfText(publicKey));
  } catch {
    return null;
  }
  return (opened) => {
    const bytes = Buffer.from(JSON.stringify(opened));
    return { sender, encrypted: encryptBytes(bytes, key, contextOf(sender, publicKey)).toString('base64') };
  };
}

/** What stands before the 32 bytes of a private key of X25519 in PKCS#8 (RFC 8410, section 7). */
const privateKeyPrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');

function keyPairOf(seed: Uint8Array): { privateKey: KeyObject; publicKey: KeyObject } {
  const der = Buffer.concat([privateKeyPrefix, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

const contextOf = (sender: string, recipient: string) => Buffer.from(`${sender} ${recipient}`);

function sharedKey(privateKey: KeyObject, publicKey: KeyObject): Uint8Array {
  const secret = diffieHellman({ privateKey, publicKey });
  return new Uint8Array(hkdfSync('sha256', secret, '', 'timely-sync answer', 32));
}

const keyOfText = (text: string) =>
  createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
const textOfKey = (key: KeyObject) => key.export({ format: 'der', type: 'spki' }).toString('base64');
