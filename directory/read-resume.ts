/** What it means that a directory refuses the request with which a read begins or continues. */
import { ContractError, CursorExpiredError, NotFoundError } from '../domain/errors.ts';
import type { DirectoryStream, ReadPlace } from './source.ts';

/** Whether the service refused the request itself, so that the same one never succeeds. */
export const isRefusal = (error: unknown): error is ContractError | NotFoundError =>
  error instanceof ContractError || error instanceof NotFoundError;

/**
 * The error of a read whose first request was refused. The place or the cursor may have expired: how long they stay valid is
 * seldom documented. No page was read yet, so a whole read loses nothing. Other errors stay as they are.
 */
export function refusedStart(
  error: unknown,
  { stream, cursor, place }: { stream: DirectoryStream; cursor: string | null; place: ReadPlace | null },
): unknown {
  if (!isRefusal(error)) return error;
  if (place !== null) {
    return new CursorExpiredError(`The next page of ${stream} was refused: ${error.message}`, {
      cause: error,
    });
  }
  if (cursor === null) return error;
  return new CursorExpiredError(`The cursor of ${stream} was refused: ${error.message}`, { cause: error });
}
