/** Turns an unsuccessful response of Timely into one of our errors (docs/reference/rules.md section 7). */
import {
  ConnectNeededError,
  ContractError,
  NotFoundError,
  PermissionError,
  RejectedError,
  type SyncError,
} from '../domain/errors.ts';
import type { TimelyResponse } from './exchange.ts';
import { describeFields, readFieldMessages } from './field-messages.ts';

/** What an operator does when the tokens are dead. The tenant's name is not known here. */
export const connectRemedy =
  'Run `timely-sync connect <tenant>` and sign in as an Admin of the Timely account.';

const rejectionStatuses: readonly number[] = [400, 402, 409, 422];

/** What was attempted: `what` for people ("invite a person"), `call` as method and path. */
interface Attempt {
  what: string;
  call: string;
  takesSeat?: TakesSeat | undefined;
}

/** Marks a call that takes a seat, so that a refusal may be about seats. */
export interface TakesSeat {
  /**
   * Whether a refusal without a reason may mean that no seat is free: the account shows none, and we have the
   * permission.
   */
  mayWantSeats(): Promise<boolean>;
}

/** The error for a response with status 300 to 499, except 429. May throw what `mayWantSeats` does. */
export async function refusal(
  { takesSeat, ...attempt }: Attempt,
  { status, body }: TimelyResponse,
): Promise<SyncError> {
  const { what, call } = attempt;
  const fields = readFieldMessages(body);
  if (takesSeat && (await isAboutSeats(takesSeat, status, fields))) return noSeat(attempt, fields);
  if (status === 401) {
    return new ConnectNeededError(`Timely refused a fresh access token when asked to ${what} (${call}).`, {
      remedy: connectRemedy,
    });
  }
  if (status === 402 || status === 403) return notAllowed(attempt, status, fields);
  if (status === 404) return new NotFoundError(`Timely found nothing when asked to ${what} (${call})`);
  if (rejectionStatuses.includes(status)) return rejected(attempt, status, fields);
  return new ContractError(
    `Timely answered ${status} when asked to ${what} (${call}), which its documents do not provide for`,
  );
}

function notAllowed({ what, call }: Attempt, status: number, fields: Record<string, string[]>): SyncError {
  return new PermissionError(
    `Timely does not let us ${what} (${call}: ${status}): ${describeFields(fields)}`,
    {
      remedy:
        'The user who ran `timely-sync connect` must be an Admin of the Timely account, and the plan must include this feature.',
    },
  );
}

function rejected({ what, call }: Attempt, status: number, fields: Record<string, string[]>): RejectedError {
  const remedy =
    remedies.find(({ field }) => Object.keys(fields).some((name) => name.endsWith(field)))?.remedy ??
    'Correct what Timely names, in the directory or in Timely. Later cycles try again.';
  return new RejectedError(`Timely refused to ${what} (${call}: ${status}): ${describeFields(fields)}`, {
    fields,
    remedy,
  });
}

const remedies = [
  {
    field: 'email',
    remedy: 'Correct the e-mail address in the directory. Later cycles try again.',
  },
  {
    field: 'name',
    remedy:
      'Correct the name in the directory, set another one in the tenant file under `names.instead`, or list the characters that Timely refuses under `names.refused`. Later cycles try again.',
  },
  {
    field: 'role_id',
    remedy: 'Check that the role of the tenant file still exists in Timely and may be assigned.',
  },
];

const seatWords = [
  /\b(seats?|licen[cs]es?|plan|subscription|upgrade|billing|quota)\b/i,
  /\blimit\b.*\b(reached|exceeded)\b|\b(reached|exceed(s|ed)?)\b.*\blimit\b/i,
  /\busers?\b.*\b(limit|maximum)\b|\b(limit|maximum)\b.*\busers?\b/i,
  /\b(is|are)( already)? full\b(?! of)/i,
];
/** A text may also exceed a limit of its own. */
const lengthWords = /\b(characters?|letters?|length|long)\b/i;

// How Timely responds without a free seat is unknown (docs/reference/timely-api.md section 2.4): 402, 403 or 422, with
// any text or none.
async function isAboutSeats(
  { mayWantSeats }: TakesSeat,
  status: number,
  fields: Record<string, string[]>,
): Promise<boolean> {
  if (status === 402) return true;
  if (![403, 409, 422].includes(status)) return false;
  return namesSeats(fields) || (status === 403 && (await mayWantSeats()));
}

function namesSeats(fields: Record<string, string[]>): boolean {
  const texts = Object.entries(fields).flatMap(([field, messages]) =>
    messages.map((text) => `${field} ${text}`),
  );
  return texts
    .map((text) => text.replaceAll('_', ' '))
    .some((text) => !lengthWords.test(text) && seatWords.some((words) => words.test(text)));
}

function noSeat({ what, call }: Attempt, fields: Record<string, string[]>): RejectedError {
  const texts = Object.values(fields).flat();
  return new RejectedError(`Timely has no seat left to ${what} (${call}): ${describeFields(fields)}`, {
    fields: { seat: texts.length > 0 ? texts : ['no seat left'] },
    remedy:
      'Add a seat in Timely under Settings > Subscription, or take a person out of scope. The sync then continues by itself.',
  });
}
