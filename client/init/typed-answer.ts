import { usageError } from '../exit-codes.ts';
import type { Session } from '../render/output.ts';

interface TypedQuestion {
  question: string;
  /** The answer when nothing is typed. */
  otherwise: string | undefined;
  read(text: string): string;
  /** What is wrong with an answer; null when it is fine. */
  problem(text: string): string | null;
}

/** What a person types, asked again until it makes sense; without a terminal, what counts otherwise. */
export async function typedAnswer(
  session: Session,
  { question, otherwise, read, problem }: TypedQuestion,
): Promise<string> {
  if (!session.watcher) return otherwise ?? '';
  for (;;) {
    const line = await session.readLine(otherwise ? `${question} [${otherwise}]` : question, { otherwise });
    if (line === null) throw usageError('Nothing was written.');
    const text = read(line.trim() || (otherwise ?? ''));
    const wrong = problem(text);
    if (wrong === null) return text;
    session.err(`${wrong}\n`);
  }
}
