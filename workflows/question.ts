/** Answers one question of the command, on Temporal servers that do not know standalone activities yet. */
import type { Answer } from '../activities/questions.ts';
import type { CheckReport } from '../domain/check.ts';
import type { Question } from '../domain/question.ts';
import { asking, checking } from './steps.ts';

export async function question(input: Question): Promise<Answer | CheckReport> {
  return input.about === 'check' ? await checking.check(input) : await asking.answer(input);
}
