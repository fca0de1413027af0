import { payloadKeys } from '../../config/payload-keys.ts';
import { formatCount } from '../../domain/text.ts';
import type { CommonOptions } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { loadWorker, type Verification } from '../local/worker-entry.ts';
import { printResult, type Session, table } from '../render/output.ts';

const limits = { openMax: 1_000, closedMax: 20, withinMs: 10 * 60_000 };
const failuresShown = 20;

/** Replays live histories against this release, and ends with 1 when one of them does not fit. */
export async function runVerifyHistories(session: Session, { json }: CommonOptions): Promise<void> {
  const keys = payloadKeys(process.env);
  const verification = await (await loadWorker()).verifyHistories(keys, limits);
  printResult(session, json, verification, (shown) => verificationText(shown, session.columns));
  session.exitCode = standing(verification).length === 0 ? exitCodes.done : exitCodes.failed;
}

/** Runs that this release would take over and could not continue. */
const standing = ({ failures }: Verification) => failures.filter(({ isPinned }) => !isPinned);

function verificationText(verification: Verification, columns: number): string {
  const { types, failures, complete } = verification;
  if (types.length === 0) return 'The namespace has no workflows of the sync.';
  const rows = types.map(({ type, open, closed, failed }) => [type, open, closed, failed].map(String));
  const lines = [table(['workflow', 'open', 'closed lately', 'do not fit'], rows, columns)];
  if (!complete) lines.push(`Some open workflows were left out: at most ${limits.openMax}, in ten minutes.`);
  const stuck = standing(verification);
  for (const { workflowId, runId, message } of stuck.slice(0, failuresShown))
    lines.push(`${workflowId}, run ${runId}: ${message}`);
  const pinned = failures.length - stuck.length;
  if (pinned > 0)
    lines.push(
      `${formatCount(pinned, 'run', 'runs')} stay on the release that they began on: keep its workers until it is drained.`,
    );
  lines.push(
    stuck.length === 0
      ? 'This release continues all others.'
      : `${formatCount(stuck.length, 'run', 'runs')} would stand still on this release. Do not roll it out: keep the path that they took behind patched() beside the new one, or wait until they have ended.`,
  );
  return lines.join('\n');
}
