/** Answers one question of the command, so that no command needs the database. Works on every Temporal server. */
import type { Answer } from '../activities/questions.ts';
import type { Question } from '../domain/question.ts';
import { asking } from './steps.ts';

export async function question(input: Question): Promise<Answer> {
  return await asking.answer(input);
}
