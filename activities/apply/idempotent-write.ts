/**
 * Sending what Timely must not get twice: it mails at each invitation, makes a second team of the same name, and knows
 * no idempotency key (docs/reference/timely-api.md section 6). Each attempt is noted before it goes out, and as long as
 * one is noted, whoever comes next, in whatever process or cycle, looks before sending.
 */
import {
  ContractError,
  SyncError,
  TransientError,
  UncertainWriteError,
  WriteIgnoredError,
} from '../../domain/errors.ts';
import { dayMs } from '../../domain/time.ts';
import { type Attempt, forgetAttempt, noteAttempt } from '../../store/planning/attempts.ts';
import type { ApplyContext } from './apply-context.ts';

/** A request that we gave up on may still be at work in Timely, and its lists may be behind: so long nothing is repeated. */
const settlesMs = 30_000;
/** While Timely's own numbers speak against a repetition, it is looked again so often and so long within the cycle. */
const lookAgainMs = 10_000;
const lookWithinMs = 120_000;
/** Timely itself lets an invitation be sent again after a day (docs/reference/timely-api.md section 2.4). */
const doubtMaxMs = dayMs;

interface IdempotentWrite<Made> {
  /** What the attempt may have made, as far as Timely shows it. */
  find(attempt: Attempt): Promise<Made | null>;
  /** Why Timely's view may be behind, so that nothing found proves nothing; null when it is trusted. */
  uncertainty?(): Promise<string | null>;
  /** Awaits `note` right before the request goes out. */
  write(note: () => Promise<void>): Promise<Made>;
}

/**
 * Sends once. The attempt is forgotten when the change is settled, or refused.
 * @throws UncertainWriteError while an earlier attempt may have taken effect and cannot be seen, else what `look` and `send` throw
 */
export async function idempotentWrite<Made>(
  { services: { database, now }, row, account, attempt }: ApplyContext,
  { find: look, uncertainty: doubt, write: send }: IdempotentWrite<Made>,
): Promise<Made> {
  const before = await attempt();
  if (before) {
    const found = await look(before);
    if (found) return found;
    await requireCertainty(now().getTime() - before.at.getTime(), doubt);
  }
  const since = (await account())?.watermark ?? 0;
  let isSent = false;
  const note = async () => {
    await noteAttempt(database, row, { at: now(), since });
    isSent = true;
  };
  try {
    return await send(note);
  } catch (error) {
    if (isSent && error instanceof TransientError) await note();
    if (isSent && isRefusal(error)) await forgetAttempt(database, row);
    throw error;
  }
}

async function requireCertainty(
  ageMs: number,
  doubt: IdempotentWrite<unknown>['uncertainty'],
): Promise<void> {
  const message = 'An earlier attempt got no answer and may have taken effect';
  const remedy = 'It is looked for again, and repeated only once Timely surely does not have it.';
  if (ageMs < settlesMs) throw new UncertainWriteError(message, { remedy, retryAfterMs: settlesMs - ageMs });
  const reason = ageMs < doubtMaxMs ? ((await doubt?.()) ?? null) : null;
  if (reason === null) return;
  const retryAfterMs = ageMs < lookWithinMs ? lookAgainMs : null;
  throw new UncertainWriteError(`${message}: ${reason}`, { remedy, retryAfterMs });
}

/** Answers that mean that nothing has happened; an answer that is not as asked, or not readable, means that something has. */
const isRefusal = (error: unknown) =>
  error instanceof SyncError &&
  ![TransientError, WriteIgnoredError, ContractError].some((kind) => error instanceof kind);
