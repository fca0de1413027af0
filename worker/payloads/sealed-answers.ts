/**
 * Answers of commands, encrypted for the one command that asked. Temporal keeps the result and the failure of every
 * activity. Answers name people, and so do refusals: a refusal is sealed as an answer is.
 */
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../domain/errors.ts';
import { applicationFailureOf } from '../activity-failures.ts';
import { type Outcome, sealFor } from './answer-key.ts';

/** The activities that answer commands. */
const answering = ['runQuery', 'check', 'preview', 'connect'] as const;

type Answer = (question: never) => Promise<unknown>;
type Answers = Record<(typeof answering)[number], Answer>;

/**
 * The same activities; those that answer commands seal the answer with the public key of the question (`answerKey`), and do
 * nothing without one.
 */
export function sealAnswers<Activities extends Answers>(activities: Activities): Activities {
  const sealing = answering.map((name) => {
    const answer: Answer = activities[name];
    const sealed = async (asked: unknown) => {
      const { answerKey, ...question } = Object(asked);
      const seal = sealFor(answerKey);
      if (seal === null) throw unanswerable();
      // Each activity checks its own question.
      return seal(await outcomeOf(answer(question as never)));
    };
    return [name, sealed] as const;
  });
  return { ...activities, ...Object.fromEntries(sealing) };
}

const unanswerable = () =>
  ApplicationFailure.nonRetryable(
    'A question has an answerKey, for which the answer is encrypted: ask by a command, timely-sync.',
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
