import { exitCodes } from '../../../client/exit-codes.ts';
import { explainError } from '../../../client/explain-error.ts';
import { Sentence } from '../elements/text.tsx';
import type { SetUpContext } from './current.ts';
import { sendStep } from './steps.tsx';

/**
 * Why a worker refused something, in sentences for the person.
 * @throws the error itself when the worker did not answer: then another try may help
 */
export function refusalOf(error: unknown): string {
  const explained = explainError(error);
  if (explained.exitCode === exitCodes.notReachable) throw error;
  return explained.message;
}

/** A step that did not work, with the way to try it again. */
export const sendRefused = (
  context: SetUpContext,
  { step, why, again }: { step: string; why: string; again: string },
): Promise<Response> =>
  sendStep(context, {
    title: 'That did not work',
    step,
    status: 400,
    body: (
      <>
        <div class="note bad" role="alert">
          <p>
            <Sentence text={why} />
          </p>
        </div>
        <div class="actions">
          <a class="button" href={again}>
            Begin again
          </a>
        </div>
      </>
    ),
  });
