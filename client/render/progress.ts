/** Shows what is going on, always on standard error: one moving line on a terminal, elsewhere a line for each step of `up`. */
import type { Ora } from 'ora';
import type { PreviewProgress } from '../../domain/contract/preview.ts';
import { formatCount } from '../../domain/text.ts';
import type { TenantStatus } from '../../workflows/messages.ts';
import type { Session } from './output.ts';
import { wrapped } from './wrapped-text.ts';

/** Runs with a line that shows what is going on, null without a terminal, and clears the line in the end. */
export async function withProgress<Result>(
  { watcher }: Session,
  run: (show: ((line: string) => void) | null) => Promise<Result>,
): Promise<Result> {
  try {
    return await run(watcher && ((line) => watcher.progress(line)));
  } finally {
    watcher?.progress(null);
  }
}

/** The status as a line of progress: `contoso: applying, 12 of 50`. */
export const progressLine = (status: TenantStatus): string =>
  lineOf(status.tenant, status.stage, stepsOf(status));

/** How far the stage is: `12 of 50`. */
export const stepsOf = ({ progress }: TenantStatus): string | undefined =>
  progress ? `${progress.done} of ${progress.of}` : undefined;

/** The line of a preview that is being made. */
export const previewLine = (tenant: string, read: PreviewProgress) =>
  `${tenant}: reading and planning; ${readSoFar(read)}`;

/** How much of both sides has been read: `40 entries of the directory, 1 user of Timely`. */
export const readSoFar = ({ directoryEntries, timelyUsers }: PreviewProgress): string =>
  `${formatCount(directoryEntries, 'entry', 'entries')} of the directory, ${formatCount(timelyUsers, 'user', 'users')} of Timely`;

const lineOf = (subject: string, step: string, detail?: string) =>
  `${subject}: ${step}${detail ? `, ${detail}` : ''}`;

/** A terminal that does not know its width says 0, and a spinner would clear lines for ever. */
export const canMove = (stream: NodeJS.WriteStream): boolean => stream.isTTY && stream.columns > 0;

/** The line of a terminal that moves; null takes it away. Shows nothing where that cannot be. */
export function movingLine(stream: NodeJS.WriteStream): (text: string | null) => void {
  if (!canMove(stream)) return () => undefined;
  let shown: string | null = null;
  let spinner: Ora | null = null;
  let loads = false;
  async function load() {
    const { default: ora } = await import('ora');
    // Standard input is left alone: a Ctrl-C has to arrive as the signal it is.
    spinner = ora({ discardStdin: false, isEnabled: true, stream });
    if (shown !== null) spinner.start(shown);
  }
  return (whole) => {
    const text = whole && inOneRow(whole, stream.columns);
    shown = text;
    if (spinner === null) {
      if (!loads) void load();
      loads = true;
    } else if (text === null) spinner.stop();
    else if (spinner.isSpinning) spinner.text = text;
    else spinner.start(text);
  };
}

/** A line that breaks would stay on the screen each time it moves. */
export function inOneRow(text: string, columns: number): string {
  const [start = '', ...rest] = wrapped(text, Math.max(columns - besideText, 1));
  return rest.length === 0 ? start : `${start} …`;
}

/** The spinner before the text, and the sign that there is more behind it. */
const besideText = 5;

/** The progress of `up`, which does several things at once. */
export interface Progress {
  /** What is being done about a subject now; only a new `step` makes a new plain line, its `detail` may change often. */
  show(subject: string, step: string, detail?: string): void;
  /** Something to keep on the screen. */
  say(sentence: string): void;
  /** Forgets all subjects and takes the moving line away. */
  clear(): void;
}

/** Progress on standard error. */
export function startProgress({ watcher, err }: Session): Progress {
  const write = (line: string) => err(`${line}\n`);
  return watcher?.canMove ? inOneLine((text) => watcher.progress(text), write) : plainLines(write);
}

function inOneLine(show: (text: string | null) => void, write: (line: string) => void): Progress {
  const lines = new Map<string, string>();
  const showAll = () => show(lines.size > 0 ? [...lines.values()].join(' · ') : null);
  return {
    show: (subject, step, detail) => {
      lines.set(subject, lineOf(subject, step, detail));
      showAll();
    },
    say: (sentence) => {
      show(null);
      write(sentence);
      showAll();
    },
    clear: () => {
      lines.clear();
      showAll();
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
