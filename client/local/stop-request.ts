/** The signals that ask everything to stop, in words. */
const stopSignals: ReadonlyMap<NodeJS.Signals, string> = new Map([
  ['SIGINT', 'Ctrl-C (SIGINT)'],
  ['SIGTERM', 'another program asked (SIGTERM)'],
  ['SIGHUP', 'the terminal was closed (SIGHUP)'],
]);

/** One Ctrl-C may arrive twice: the terminal sends it to all processes, and npm passes on what it gets. */
const sameRequestMs = 1_000;

export interface StopRequest {
  /** Resolves when a signal asks everything to stop. */
  requested: Promise<void>;
  /** What asked for the stop, in words; null before it. */
  askedBy(): string | null;
  /** Leaves signals to others again. */
  close(): void;
}

/** Waits for a signal that ends the command; `onSecond` is called for a second one. */
export function listenForStop(onSecond: () => void): StopRequest {
  let close = () => {};
  let first: { signal: NodeJS.Signals; at: number } | null = null;
  const requested = new Promise<void>((resolve) => {
    const onSignal = (signal: NodeJS.Signals) => {
      if (first === null) {
        first = { signal, at: Date.now() };
        resolve();
      } else if (Date.now() - first.at > sameRequestMs) onSecond();
    };
    for (const signal of stopSignals.keys()) process.on(signal, onSignal);
    close = () => {
      for (const signal of stopSignals.keys()) process.off(signal, onSignal);
    };
  });
  return { requested, askedBy: () => (first && stopSignals.get(first.signal)) ?? null, close };
}
