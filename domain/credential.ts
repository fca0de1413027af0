/** How long before its end a credential is worth a warning. */
import { dayMs } from './time.ts';

export const credentialWarningDays = 30;

/** Whole days from `now` until a credential ends; negative once it has ended. */
export const daysUntil = (endsAt: Date, now: Date): number =>
  Math.floor((endsAt.getTime() - now.getTime()) / dayMs);

/** What to do about it, in a sentence. */
export const credentialRemedy =
  'Make a new one, put it where source.credential leads, and start the workers again before that day.';
