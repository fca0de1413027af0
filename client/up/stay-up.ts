import type { Stack } from '../local/stack.ts';
import { clientOf } from '../remote/connection.ts';
import type { Session } from '../render/output.ts';
import type { Progress } from '../render/progress.ts';
import { connectUntilStop } from './connect-until-stop.ts';
import { keysText, listenForKeys } from './keys.ts';
import { watchCycles } from './watch-cycles.ts';

/** Waits for the stop. On a terminal it shows the cycles meanwhile, and listens to keys. */
export async function stayUp(
  { address, uiUrl }: Pick<Stack, 'address' | 'uiUrl'>,
  {
    session,
    tenants,
    progress,
    stopRequested,
  }: { session: Session; tenants: readonly string[]; progress: Progress; stopRequested: Promise<void> },
): Promise<void> {
  if (!session.watcher?.canMove) return await stopRequested;
  const connection = await connectUntilStop(address, stopRequested);
  const client = clientOf(connection);
  const stop = new AbortController();
  progress.say(keysText);
  const release = listenForKeys(client, session, {
    ...{ uiUrl, progress },
    stop: () => void process.kill(process.pid, 'SIGINT'),
  });
  void watchCycles(client, tenants, progress, stop.signal);
  await stopRequested;
  stop.abort();
  release();
}
