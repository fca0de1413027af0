/** What can be done with the notifications of the simulated Microsoft from outside. */
import { z } from 'zod';
import { action, type ControlActions } from '../../control.ts';
import type { MicrosoftOptions } from '../options.ts';
import type { Notifier } from './notifier.ts';

/** Edits that also answer whether a subscriber is told of them: not so when nothing changed or nobody subscribed. */
export function notifyingActions(actions: ControlActions, notifier: Notifier): ControlActions {
  return Object.fromEntries(
    Object.entries(actions).map(([name, { run }]) => [
      name,
      {
        run: (body: unknown) => {
          const before = notifier.noted;
          return { ...run(body), notified: notifier.noted > before };
        },
      },
    ]),
  );
}

export function notificationActions(notifier: Notifier, options: MicrosoftOptions): ControlActions {
  return {
    challenge: action(z.strictObject({}), () => ({
      did: `${notifier.challenge()} subscriptions are asked for a new authorization.`,
    })),
    delayNotifications: action(
      z.strictObject({ milliseconds: z.int().nonnegative() }),
      ({ milliseconds }) => {
        options.notificationDelayMs = milliseconds;
        return { did: `Notifications are sent ${milliseconds} ms after a change.` };
      },
    ),
  };
}
