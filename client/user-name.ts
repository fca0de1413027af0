import { userInfo } from 'node:os';
import { usageError } from './exit-codes.ts';

/** Who sits at this machine. @throws CommandError (2) where the user has no name: then `--by` says it */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id that has no name.
    throw usageError('This user has no name on this machine: say who it is with --by NAME.');
  }
}
