const askedBy = {
  SIGINT: 'Ctrl-C (SIGINT)',
  SIGTERM: 'another program asked (SIGTERM)',
  SIGHUP: 'the terminal was closed (SIGHUP)',
} as const;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One Ctrl-C may arrive twice: the terminal sends it to all processes, and npm passes on what it gets. */
const sameRequestMs = 1_000;

export interface StopRequest {
  /** Resolves when a signal asks everything to stop. */
  requested: Promise<void>;
  /** Who asked; null as long as nobody did. */
  askedBy(): string | null;
  /** Leaves signals to others again. */
  close(): void;
}

/** Waits for a signal that ends the command; `onSecond` is called for a second one. */
export function listenForStop(onSecond: () => void): StopRequest {
  let close = () => {};
  let first: { signal: keyof typeof askedBy; at: number } | null = null;
  const requested = new Promise<void>((resolve) => {
    const onSignal = (signal: keyof typeof askedBy) => {
      if (first === null) {
        first = { signal, at: Date.now() };
        resolve();
      } else if (Date.now() - first.at > sameRequestMs) onSecond();
    };
    for (const signal of signals) process.on(signal, onSignal);
    close = () => {
      for (const signal of signals) process.off(signal, onSignal);
    };
  });
  return { requested, askedBy: () => first && askedBy[first.signal], close };
}
