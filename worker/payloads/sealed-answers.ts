/**
 * Answers of commands, encrypted for the one command that asked. Temporal keeps the result of every activity, and answers
 * name people. The command makes a key pair for its question and forgets it, so that nobody can read the answer later.
 */
import { createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { decryptBytes, encryptBytes } from './aes-gcm.ts';

/** An answer as Temporal keeps it: the worker's public key of this answer and the cipher text, both in base64. */
const sealedAnswer = z.object({ sender: z.string(), sealed: z.string() });
type SealedAnswer = z.output<typeof sealedAnswer>;

/** What a command needs to be answered. */
export interface AnswerKey {
  /** For the worker, beside the question. */
  publicKey: string;
  /** @throws ZodError or Error for a result that was not sealed with this key */
  open(result: unknown): unknown;
}

export function createAnswerKey(): AnswerKey {
  const own = generateKeyPairSync('x25519');
  const publicKey = textOfKey(own.publicKey);
  return {
    publicKey,
    open(result) {
      const { sender, sealed } = sealedAnswer.parse(result);
      const key = sharedKey(own.privateKey, sender);
      const bytes = decryptBytes(Buffer.from(sealed, 'base64'), key, contextOf(sender, publicKey));
      if (bytes === null) throw new Error('The answer of the worker was changed on its way.');
      return JSON.parse(bytes.toString('utf8'));
    },
  };
}

/** The activities that answer commands. */
const answering = ['runQuery', 'check', 'preview', 'connect'] as const;

type Answer = (question: never) => Promise<unknown>;
type Answers = Record<(typeof answering)[number], Answer>;

/** The same activities; those that answer commands seal the answer when the question brings a public key (`answerKey`). */
export function sealAnswers<Activities extends Answers>(activities: Activities): Activities {
  const sealing = answering.map((name) => {
    const answer: Answer = activities[name];
    const sealed = async ({ answerKey, ...question }: { answerKey?: string }) => {
      // Each activity checks its own question.
      const result = await answer(question as never);
      return answerKey === undefined ? result : seal(result, answerKey);
    };
    return [name, sealed] as const;
  });
  return { ...activities, ...Object.fromEntries(sealing) };
}

function seal(answer: unknown, recipient: string): SealedAnswer {
  const own = generateKeyPairSync('x25519');
  const sender = textOfKey(own.publicKey);
  const bytes = Buffer.from(JSON.stringify(answer ?? null));
  const key = sharedKey(own.privateKey, recipient);
  return { sender, sealed: encryptBytes(bytes, key, contextOf(sender, recipient)).toString('base64') };
}

const contextOf = (sender: string, recipient: string) => Buffer.from(`${sender} ${recipient}`);

function sharedKey(privateKey: KeyObject, publicKey: string): Uint8Array {
  const other = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  const secret = diffieHellman({ privateKey, publicKey: other });
  return new Uint8Array(hkdfSync('sha256', secret, '', 'timely-sync answer', 32));
}

const textOfKey = (key: KeyObject) => key.export({ format: 'der', type: 'spki' }).toString('base64');
