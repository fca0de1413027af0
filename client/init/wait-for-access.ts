/** Waits for a person who consents, sets variables and restarts workers, and shows what has arrived. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckLine, CheckReport } from '../../domain/contract/check.ts';
import { shownTexts } from '../../domain/shown-text.ts';
import { usageError } from '../exit-codes.ts';
import type { Session } from '../render/output.ts';

const askEveryMs = 4_000;

/** Null while no worker answers, for one is being restarted. */
export type AskAccess = () => Promise<CheckReport | null>;

/**
 * Asks until the directory grants everything, or the person goes on. Each line is shown once when it comes or changes.
 * Without a terminal, or with `waits: false`, it asks once.
 */
export async function waitForAccess(
  session: Session,
  ask: AskAccess,
  { waits, everyMs = askEveryMs }: { waits: boolean; everyMs?: number },
): Promise<CheckReport | null> {
  const shown = new Set<string>();
  let report = await ask();
  for (;;) {
    if (session.watcher) showNew(session, report, shown);
    if (isGranted(report) || !waits || !session.watcher) return report;
    const later = await laterOrOn(session, ask, { shown, everyMs });
    if (later === 'on') return report;
    report = later;
  }
}

export const isGranted = (report: CheckReport | null): boolean =>
  report?.lines.every(({ side, state }) => side !== 'directory' || state !== 'error') ?? false;

/** The next report with news; or `on`, when the person presses Enter first. */
async function laterOrOn(
  session: Session,
  ask: AskAccess,
  { shown, everyMs }: { shown: ReadonlySet<string>; everyMs: number },
): Promise<CheckReport | null | 'on'> {
  const stop = new AbortController();
  const question = 'Asking again every few seconds; Enter goes on without';
  const typed = session.readLine(question, { signal: stop.signal }).then((line) => {
    if (line === null && !stop.signal.aborted) throw usageError('Nothing was written.');
    return 'on' as const;
  });
  const news = (async () => {
    for (;;) {
      await sleep(everyMs, undefined, { signal: stop.signal });
      const report = await ask();
      if (stop.signal.aborted || newLines(report, shown).length > 0 || isGranted(report)) return report;
    }
  })();
  try {
    return await Promise.race([typed, news]);
  } finally {
    stop.abort();
    await news.catch(() => undefined);
  }
}

function showNew(session: Session, report: CheckReport | null, shown: Set<string>): void {
  for (const line of newLines(report, shown)) {
    shown.add(keyOf(line));
    const { state, name, message, remedy } = shownTexts(line);
    const mark = state === 'error' ? 'missing' : state;
    session.err(`${mark.padEnd(8)}${name}: ${state === 'error' ? `${message} ${remedy}` : message}\n`);
  }
}

const newLines = (report: CheckReport | null, shown: ReadonlySet<string>) =>
  (report?.lines ?? []).filter((line) => !shown.has(keyOf(line)));

const keyOf = ({ side, name, state, message }: CheckLine) => JSON.stringify([side, name, state, message]);
