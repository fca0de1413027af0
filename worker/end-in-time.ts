/**
 * How a worker ends: what runs gets some seconds to finish, then its requests and waits are cancelled
 * (http/work-scope.ts), and after ten seconds the process ends whatever it does. Temporal gives what was cut off to
 * another worker, and a write that was cut off is looked for before it is sent again.
 */

/** For activities to finish by themselves. Most writes take less than a second. */
export const graceMs = 5_000;
const endsWithinMs = 9_500;

/** The signals that Temporal's SDK shuts workers down by, and the end of `timely-sync up`. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGUSR2'] as const;

/** Ends the process in time after it was asked to stop, also while it still starts. */
export function endInTime(): void {
  const end = () => setTimeout(() => process.exit(), endsWithinMs).unref();
  for (const signal of stopSignals) process.once(signal, end);
  process.once('disconnect', end);
}
