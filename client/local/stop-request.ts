const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One Ctrl-C may arrive twice: the terminal sends it to all processes, and npm passes on what it gets. */
const sameRequestMs = 1_000;

export interface StopRequest {
  /** Resolves when a signal asks everything to stop. */
  requested: Promise<void>;
  /** Leaves signals to others again. */
  close(): void;
}

/** Waits for a signal that ends the command; `onSecond` is called for a second one. */
export function listenForStop(onSecond: () => void): StopRequest {
  let close = () => {};
  const requested = new Promise<void>((resolve) => {
    let firstAt: number | null = null;
    const onSignal = () => {
      if (firstAt === null) {
        firstAt = Date.now();
        resolve();
      } else if (Date.now() - firstAt > sameRequestMs) onSecond();
    };
    for (const signal of signals) process.on(signal, onSignal);
    close = () => {
      for (const signal of signals) process.off(signal, onSignal);
    };
  });
  return { requested, close };
}
