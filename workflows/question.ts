/** Answers one question of the command, on Temporal servers that do not know standalone activities yet. */
import type { Answer } from '../activities/questions.ts';
import type { Question } from '../domain/question.ts';
import { asking } from './steps.ts';

export async function question(input: Question): Promise<Answer> {
  return await asking.answer(input);
}
