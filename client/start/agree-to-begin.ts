/** Before a new tenant writes anything: shows what its first cycle would do, and asks. */
import type { Client } from '@temporalio/client';
import type { TenantFile } from '../../config/tenant-file.ts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import type { Session } from '../render/output.ts';
import { previewText } from '../render/preview-text.ts';
import { tryPreview } from './agree-to-edit.ts';
import { resume } from './resume-tenant.ts';

/**
 * Returns once the tenant goes on. Its first cycle holds what the preview did not show.
 * @throws CommandError (1) when it stays paused: the answer is no, no preview can be made, or there is no terminal
 */
export async function agreeToBegin(
  client: Client,
  session: Session,
  { fileName, file }: { fileName: string; file: TenantFile },
): Promise<void> {
  const { tenant } = file;
  const isPaused = `${tenant} is new and stays paused: nothing is written to Timely.`;
  const next = `timely-sync preview ${fileName}; timely-sync resume ${tenant}`;
  if (session.watcher === null)
    throw new CommandError(
      exitCodes.failed,
      `${isPaused} Next: ${next}. --run lets new tenants begin at once.`,
    );
  const preview = await tryPreview(client, session, file, { againstRunning: false });
  if (preview instanceof CommandError) {
    const remedy = `timely-sync connect ${tenant}, unless its file has a token; ${next}`;
    throw new CommandError(exitCodes.failed, `${isPaused} ${preview.message}\nNext: ${remedy}`, preview);
  }
  session.err(`${previewText(preview, session.columns, { file: fileName, isFollowed: true })}\n`);
  if (!(await session.watcher.confirm(`Let ${tenant} begin with this?`)))
    throw new CommandError(exitCodes.failed, `${isPaused} Next: ${next}`);
  await resume(client, tenant);
}
