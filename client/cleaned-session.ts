import { oneLine, terminalText } from '../domain/shown-text.ts';
import type { Session } from './render/output.ts';

/**
 * Returns a session that writes nothing else than what can be seen: the program runs each command with one, so no name moves the
 * cursor, hides a line or turns it round.
 */
export function cleanedSession(session: Session): Session {
  const { watcher } = session;
  return {
    ...session,
    out: (text) => session.out(terminalText(text)),
    err: (text) => session.err(terminalText(text)),
    readLine: (question, { otherwise, ...options } = {}) =>
      session.readLine(oneLine(question), { ...options, otherwise: otherwise && oneLine(otherwise) }),
    watcher: watcher && {
      ...watcher,
      confirm: (question) => watcher.confirm(oneLine(question)),
      choose: (question, choices) =>
        watcher.choose(
          oneLine(question),
          choices.map(({ value, label }) => ({ value, label: oneLine(label) })),
        ),
      progress: (text) => watcher.progress(text === null ? null : oneLine(text)),
    },
  };
}
