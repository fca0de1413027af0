import { dayMs } from './time.ts';

/** A credential that ends within this many days causes a warning. */
export const credentialWarningDays = 30;

/** Whole days from `now` until a credential ends; negative once it has ended. */
export const daysUntil = (endsAt: Date, now: Date): number =>
  Math.floor((endsAt.getTime() - now.getTime()) / dayMs);

/** What to do before a credential ends, in a sentence. */
export const credentialRemedy =
  'Create a new one, put it where source.credential points, and restart the workers before that day.';
