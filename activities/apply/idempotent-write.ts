/**
 * Writes that Timely must not get twice: it mails at each invitation, makes a second team of the same name, and knows no
 * idempotency key (docs/reference/timely-api.md section 6). Each attempt is noted before the request goes out. While an
 * attempt is noted, any later process or cycle looks for its effect before it writes.
 */
import {
  ContractError,
  SupersededError,
  SyncError,
  TransientError,
  UncertainWriteError,
  WriteIgnoredError,
} from '../../domain/errors.ts';
import { dayMs } from '../../domain/time.ts';
import { type Attempt, forgetAttempt } from '../../store/planning/attempts.ts';
import type { ApplyContext } from './apply-context.ts';

/** Timely may still work on a request that we gave up on, and its lists may be behind: nothing is repeated before. */
const settlesMs = 30_000;
/** While Timely's own numbers contradict its lists, the cycle looks again at this interval, and no longer than this. */
const findAgainMs = 10_000;
const findWithinMs = 120_000;
/** Timely itself lets an invitation be sent again after a day (docs/reference/timely-api.md section 2.4). */
const uncertaintyMaxMs = dayMs;

interface IdempotentWrite<Made> {
  /** What the attempt may have made; null when Timely does not show it. */
  find(attempt: Attempt): Promise<Made | null>;
  /** Why an empty find proves nothing: Timely's lists may be behind. Null when they are trusted. */
  uncertainty?(): Promise<string | null>;
  /** Awaits `note` right before the request goes out. */
  write(note: () => Promise<void>): Promise<Made>;
}

/**
 * Writes once. The attempt is forgotten when the outcome of the change is recorded, or Timely refuses it.
 * @throws UncertainWriteError while an earlier attempt may have taken effect unseen, else what `find` and `write` throw
 */
export async function idempotentWrite<Made>(
  { services: { database, now }, row, account, attempt, noteAttempt }: ApplyContext,
  { find, uncertainty, write }: IdempotentWrite<Made>,
): Promise<Made> {
  const before = await attempt();
  if (before) {
    const found = await find(before);
    if (found) return found;
    await requireCertainty(now().getTime() - before.at.getTime(), uncertainty);
  }
  const since = (await account())?.watermark ?? 0;
  let noted: Attempt | null = null;
  const note = async () => {
    const attempted = { at: now(), since };
    await noteAttempt(attempted, noted ?? before);
    noted = attempted;
  };
  try {
    return await write(note);
  } catch (error) {
    if (noted && error instanceof TransientError) await note();
    if (noted && isRefusal(error)) await forgetAttempt(database, row);
    throw error;
  }
}

async function requireCertainty(
  ageMs: number,
  uncertainty: IdempotentWrite<unknown>['uncertainty'],
): Promise<void> {
  const message = 'An earlier attempt got no response and may have taken effect';
  const remedy = 'It is looked for again, and repeated only once Timely surely does not have it.';
  if (ageMs < settlesMs) throw new UncertainWriteError(message, { remedy, retryAfterMs: settlesMs - ageMs });
  const reason = ageMs < uncertaintyMaxMs ? ((await uncertainty?.()) ?? null) : null;
  if (reason === null) return;
  const retryAfterMs = ageMs < findWithinMs ? findAgainMs : null;
  throw new UncertainWriteError(`${message}: ${reason}`, { remedy, retryAfterMs });
}

/** Responses that mean that nothing has happened. An ignored field or an unreadable response means that something has. */
const isRefusal = (error: unknown) =>
  error instanceof SyncError &&
  ![TransientError, WriteIgnoredError, ContractError, SupersededError].some((kind) => error instanceof kind);
