/** Shows what is going on: one moving line on a terminal, a line for each step elsewhere. Always on standard error. */
export interface Progress {
  /** What is being done about a subject now; only a new `step` makes a new plain line, its `detail` may change often. */
  show(subject: string, step: string, detail?: string): void;
  /** Something to keep on the screen. */
  say(sentence: string): void;
  /** Forgets all subjects and takes the moving line away. */
  clear(): void;
}

/** Progress on this process's standard error. */
export async function startProgress(): Promise<Progress> {
  // A terminal that does not know its width says 0, and the spinner would clear lines for ever.
  const canMove = process.stderr.isTTY && process.stderr.columns > 0;
  return canMove ? movingLine() : plainLines((line) => process.stderr.write(`${line}\n`));
}

async function movingLine(): Promise<Progress> {
  const { default: ora } = await import('ora');
  // Standard input is left alone: a Ctrl-C has to arrive as the signal it is.
  const spinner = ora({ discardStdin: false, stream: process.stderr });
  const texts = new Map<string, string>();
  const say = (sentence: string) => {
    const wasSpinning = spinner.isSpinning;
    spinner.stop();
    process.stderr.write(`${sentence}\n`);
    if (wasSpinning) spinner.start();
  };
  return {
    show: (subject, step, detail) => {
      texts.set(subject, `${subject}: ${step}${detail ? `, ${detail}` : ''}`);
      spinner.text = [...texts.values()].join(' · ');
      if (!spinner.isSpinning) spinner.start();
    },
    say,
    clear: () => {
      texts.clear();
      spinner.stop();
    },
  };
}

/** Progress for logs and pipes: a step is written once, however often it is shown. */
export function plainLines(write: (line: string) => void): Progress {
  const steps = new Map<string, string>();
  return {
    show: (subject, step) => {
      if (steps.get(subject) === step) return;
      steps.set(subject, step);
      write(`${subject}: ${step}`);
    },
    say: write,
    clear: () => steps.clear(),
  };
}
