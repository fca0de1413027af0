/** What `init` needs to know, from flags or from a person at the terminal. */
import {
  answersIn,
  directoryOf,
  type EntraAnswers,
  type InitAnswers,
  type InitFlags,
  type OktaAnswers,
  type SapAnswers,
} from '../../config/first-file/answers.ts';
import { type InitQuestion, type InitResultKey, questionsAbout } from '../../config/first-file/questions.ts';
import { usageError } from '../exit-codes.ts';
import type { Session } from '../render/output.ts';
import { typedAnswer } from './typed-answer.ts';

/** What is known before the application is registered. */
export type BeforeRegistration =
  | Pick<EntraAnswers, 'directory' | 'tenant' | 'credential'>
  | Pick<OktaAnswers, 'directory' | 'tenant' | 'credential' | 'domain'>
  | Pick<SapAnswers, 'directory' | 'tenant' | 'credential' | 'host'>;

interface Gathering {
  /** Flags of later questions that will need an answer too. */
  alsoMissing: string[];
  beforeIds(known: BeforeRegistration): void;
}

/**
 * Returns all answers but those about people. On a terminal it asks for those that no flag gives. It calls `beforeIds` before it asks for what only
 * the registered application has.
 * @throws CommandError (2) for a wrong answer, or for a missing one without a terminal
 */
export async function gatherAnswers(
  session: Session,
  flags: InitFlags,
  { alsoMissing, beforeIds }: Gathering,
): Promise<InitAnswers> {
  // A wrong answer is told before a missing one, and before anything is asked.
  for (const question of questionsAbout(directoryOf(flags), flags.credential)) givenAnswer(flags, question);
  if (!session.watcher) refuseMissing(flags, alsoMissing);
  const texts: InitFlags = {};
  let isRegistered = false;
  for (;;) {
    const questions = questionsAbout(directoryOf(texts), texts.credential);
    const question = questions.find(({ key }) => texts[key] === undefined);
    const isAfterRegistration = question?.isOfRegistered || question?.key === 'accountId';
    if (isAfterRegistration && !isRegistered) {
      beforeIds(answersIn(texts));
      isRegistered = true;
    }
    if (question === undefined) return answersIn(texts);
    texts[question.key] = await answerTo(session, flags, question);
  }
}

/** Without a terminal one error lists every missing answer. */
function refuseMissing(flags: InitFlags, alsoMissing: string[]): void {
  const missing = questionsAbout(directoryOf(flags), flags.credential).filter(
    ({ key, otherwise }) => flags[key] === undefined && otherwise === undefined,
  );
  if (missing.length === 0) return;
  const list = [...missing.map(({ flag }) => flag), ...alsoMissing].join(', ');
  throw usageError(`Without a terminal all answers are flags; these are missing: ${list}.`);
}

/** The answer that a flag gives, if any. @throws CommandError (2) for a wrong one */
function givenAnswer(
  flags: InitFlags,
  { key, flag, problem, read = (text) => text }: InitQuestion,
): string | null {
  const given = flags[key]?.trim();
  if (given === undefined) return null;
  const wrong = problem(read(given));
  if (wrong) throw usageError(`${flag} ${given}: ${wrong}`);
  return read(given);
}

async function answerTo(session: Session, flags: InitFlags, asked: InitQuestion): Promise<string> {
  const given = givenAnswer(flags, asked);
  if (given !== null) return given;
  const { key, question, problem, read = (text) => text } = asked;
  const suggested = session.watcher ? await suggestions[key]?.() : null;
  return await typedAnswer(session, { question, otherwise: suggested ?? asked.otherwise, read, problem });
}

/** Answers that this machine may have. */
const suggestions: Partial<Record<InitResultKey, () => Promise<string | null>>> = {
  directoryId: async () => await (await import('./azure-cli.ts')).azureDirectoryId(),
};
