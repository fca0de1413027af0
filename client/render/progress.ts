import type { TenantStatus } from '../../workflows/messages.ts';
import { progressLine } from '../remote/follow-cycle.ts';
import type { Session } from './output.ts';

/** Shows a loop's status to whoever watches while something runs, and clears the line when it ends. */
export async function withProgress<Result>(
  session: Session,
  run: (onProgress: (status: TenantStatus) => void) => Promise<Result>,
): Promise<Result> {
  try {
    return await run((status) => session.watcher?.progress(progressLine(status)));
  } finally {
    session.watcher?.progress(null);
  }
}
