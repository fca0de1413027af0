import { CommandError, exitCodes } from '../exit-codes.ts';

/**
 * The code in the parameters with which Timely sends a browser back.
 * @throws CommandError (1) when Timely refused, or when they belong to another sign-in than the one with this `state`
 */
export function codeIn(parameters: URLSearchParams, state: string): string {
  const given = parameters.get('state');
  // Where somebody carries the code over by hand it may be shown without the state.
  if (given !== null && given !== state) {
    throw new CommandError(exitCodes.failed, 'This answer belongs to another sign-in; nothing was done.');
  }
  const error = parameters.get('error');
  if (error !== null) {
    // Whoever opened the address may have written anything there.
    const reason = /^\w{1,40}$/.test(error) ? ` (${error})` : '';
    throw new CommandError(
      exitCodes.failed,
      `Timely did not let us in${reason}: nobody allowed it, or not with this application.`,
    );
  }
  const code = parameters.get('code');
  if (code) return code;
  throw new CommandError(exitCodes.failed, 'Timely sent no code.');
}
