/**
 * Answers of commands, encrypted for the one command that asked. Temporal keeps the result and the failure of every
 * activity. Answers name people, and so do refusals: a refusal is encrypted as an answer is.
 */
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/errors.ts';
import { encryptFor, type Outcome } from '../../encryption/result-key.ts';
import { applicationFailureOf } from '../activity-failures.ts';

/** The activities that answer commands. */
const answering = ['runQuery', 'check', 'look', 'preview', 'connect'] as const;

type Answer = (question: never) => Promise<unknown>;
type Answers = Record<(typeof answering)[number], Answer>;

/**
 * The same activities; those that answer commands encrypt the answer with the public key of the question (`resultKey`), and do
 * nothing without one.
 */
export function encryptResults<Activities extends Answers>(activities: Activities): Activities {
  const encrypting = answering.map((name) => {
    const answer: Answer = activities[name];
    const encrypted = async (asked: unknown) => {
      const { resultKey, ...question } = Object(asked);
      const encrypt = encryptFor(resultKey);
      if (encrypt === null) throw unanswerable();
      // Each activity checks its own question.
      return encrypt(await outcomeOf(answer(question as never)));
    };
    return [name, encrypted] as const;
  });
  return { ...activities, ...Object.fromEntries(encrypting) };
}

const unanswerable = () =>
  ApplicationFailure.nonRetryable(
    'A question has an resultKey, for which the answer is encrypted: ask by a command, timely-sync.',
    failureTypes.wrongUse,
  );

/** What another try may heal stays a failure, so that Temporal tries it again. */
async function outcomeOf(answer: Promise<unknown>): Promise<Outcome> {
  try {
    return { answer: (await answer) ?? null };
  } catch (error) {
    const failure = applicationFailureOf(error);
    if (!(failure instanceof ApplicationFailure) || !failure.nonRetryable) throw error;
    const { message, type, details } = failure;
    return { refusal: { message, type, details } };
  }
}
