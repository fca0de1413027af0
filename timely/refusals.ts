/** Turns an answer of Timely that is no success into one of our errors (docs/reference/rules.md section 7). */
import {
  ConnectNeededError,
  ContractError,
  NotFoundError,
  PermissionError,
  RejectedError,
  type SyncError,
} from '../domain/errors.ts';
import { describeFields, readFieldMessages } from './field-messages.ts';
import type { HttpResponse } from './http.ts';

/** What an operator does when the tokens are dead. The tenant's name is not known here. */
export const connectRemedy =
  'Run `timely-sync connect <tenant>` and sign in as an Admin of the Timely account.';

const rejectionStatuses: readonly number[] = [400, 402, 409, 422];

/** What was tried: `what` for people ("invite a person"), `call` as method and path. */
interface Attempt {
  what: string;
  call: string;
  takesSeat?: TakesSeat | undefined;
}

/** The mark of a call that takes a seat, so that a refusal may be about seats. */
export interface TakesSeat {
  /** Whether a refusal without a word may be for want of a seat: nothing speaks of one that is free, and we have the permission. */
  mayWantSeats(): Promise<boolean>;
}

/** The error for an answer with status 300 to 499, except 429. May throw what `mayWantSeats` does. */
export async function refusal({ takesSeat, ...attempt }: Attempt, answer: HttpResponse): Promise<SyncError> {
  const { what, call } = attempt;
  const fields = readFieldMessages(answer.body);
  if (takesSeat && (await isAboutSeats(takesSeat, answer.status, fields))) return noSeat(attempt, fields);
  if (answer.status === 401) {
    return new ConnectNeededError(`Timely refused a fresh access token when asked to ${what} (${call})`, {
      remedy: connectRemedy,
    });
  }
  if (answer.status === 402 || answer.status === 403) return notAllowed(attempt, answer.status, fields);
  if (answer.status === 404) return new NotFoundError(`Timely found nothing when asked to ${what} (${call})`);
  if (rejectionStatuses.includes(answer.status)) return rejected(attempt, answer.status, fields);
  return new ContractError(
    `Timely answered ${answer.status} when asked to ${what} (${call}), which its documents do not allow`,
  );
}

function notAllowed({ what, call }: Attempt, status: number, fields: Record<string, string[]>): SyncError {
  return new PermissionError(
    `Timely does not let us ${what} (${call}: ${status}): ${describeFields(fields)}`,
    {
      remedy:
        'The person who ran `timely-sync connect` must be an Admin of the Timely account, and the plan must include what was tried.',
    },
  );
}

function rejected({ what, call }: Attempt, status: number, fields: Record<string, string[]>): RejectedError {
  const remedy =
    remedies.find(({ field }) => Object.keys(fields).some((name) => name.endsWith(field)))?.remedy ??
    'Correct what Timely names, in the directory or in Timely; it is tried again in later cycles.';
  return new RejectedError(`Timely refused to ${what} (${call}: ${status}): ${describeFields(fields)}`, {
    fields,
    remedy,
  });
}

const remedies = [
  {
    field: 'email',
    remedy: 'Correct the e-mail address in the directory; it is tried again in later cycles.',
  },
  {
    field: 'name',
    remedy:
      'Correct the name in the directory, give another one in the tenant file under `names.instead`, or list the characters that Timely refuses under `names.refused`; it is tried again in later cycles.',
  },
  {
    field: 'role_id',
    remedy: 'Check that the role of the tenant file still exists in Timely and may be given.',
  },
];

const seatWords = [
  /\b(seats?|licen[cs]es?|plan|subscription|upgrade|billing|quota)\b/i,
  /\blimit\b.*\b(reached|exceeded)\b|\b(reached|exceed(s|ed)?)\b.*\blimit\b/i,
  /\busers?\b.*\b(limit|maximum)\b|\b(limit|maximum)\b.*\busers?\b/i,
  /\b(is|are)( already)? full\b(?! of)/i,
];
/** A text may be too long as well, by its own limit. */
const lengthWords = /\b(characters?|letters?|length|long)\b/i;

// What Timely answers without a free seat is unknown (docs/reference/timely-api.md section 2.4): 402, 403 or 422, in
// any words or none.
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
  const texts = Object.entries(fields).flatMap(([field, said]) => said.map((text) => `${field} ${text}`));
  return texts
    .map((text) => text.replaceAll('_', ' '))
    .some((text) => !lengthWords.test(text) && seatWords.some((words) => words.test(text)));
}

function noSeat({ what, call }: Attempt, fields: Record<string, string[]>): RejectedError {
  const texts = Object.values(fields).flat();
  return new RejectedError(`Timely has no seat left to ${what} (${call}): ${describeFields(fields)}`, {
    fields: { seat: texts.length > 0 ? texts : ['no seat left'] },
    remedy:
      'Add a seat in Timely under Settings > Subscription, or take somebody out of scope; it goes on by itself then.',
  });
}
