/** Answers one question of the command, on Temporal servers that do not know standalone activities yet. */
import type { Answer } from '../../activities/query/queries.ts';
import type { CheckReport } from '../../domain/contract/check.ts';
import type { Question } from '../../domain/contract/query.ts';
import { asking, checking } from '../activity-proxies.ts';

export async function question(input: Question): Promise<Answer | CheckReport> {
  return input.about === 'check' ? await checking.check(input) : await asking.answer(input);
}
