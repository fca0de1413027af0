import { CommandError, exitCodes } from '../exit-codes.ts';

/**
 * The code in the parameters with which Timely sends a browser back.
 * @throws CommandError (1) when Timely refused, or when they belong to another sign-in than the one with this `state`
 */
export function codeIn(parameters: URLSearchParams, state: string): string {
  const given = parameters.get('state');
  // A code that is copied by hand may come without the state.
  if (given !== null && given !== state) {
    throw new CommandError(exitCodes.failed, 'This response belongs to another sign-in; nothing was done.');
  }
  const error = parameters.get('error');
  if (error !== null) {
    // Any page can open the address with any text there.
    const reason = /^\w{1,40}$/.test(error) ? ` (${error})` : '';
    throw new CommandError(
      exitCodes.failed,
      `Timely did not let us in${reason}: the sign-in was refused, or not with this application.`,
    );
  }
  const code = parameters.get('code');
  if (code) return code;
  throw new CommandError(exitCodes.failed, 'Timely sent no code.');
}
