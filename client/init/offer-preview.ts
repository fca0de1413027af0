/** Checks the file that was written, and offers the preview of its first cycle. */
import type { TenantFile } from '../../config/tenant-file.ts';
import type { CheckReport } from '../../domain/contract/check.ts';
import { checkFile } from '../remote/check-tenant.ts';
import { makePreview, type PreviewDocument } from '../remote/preview.ts';
import type { Session } from '../render/output.ts';
import { shownMax } from '../render/preview-text.ts';
import { withProgress } from '../render/progress.ts';
import type { FoundByLook } from './look-around.ts';
import { orSay, type Worker } from './worker-if-any.ts';

export interface OfferedPreview {
  report: CheckReport | null;
  preview: PreviewDocument | null;
}

interface Offer {
  worker: Worker | null;
  file: TenantFile;
  found: FoundByLook | null;
  /** Undefined: ask on a terminal. */
  wanted: boolean | undefined;
}

export async function offerPreview(
  session: Session,
  { worker, file, found, wanted }: Offer,
): Promise<OfferedPreview> {
  if (worker === null) return { report: null, preview: null };
  const { client } = worker;
  const look = found === null ? {} : { look: found.id };
  const report = await orSay(session, 'Not checked', () =>
    withProgress(session, (show) => {
      show?.('checking the file');
      return checkFile(client, file, look);
    }),
  );
  const isReady = report?.lines.every(({ state }) => state !== 'error') ?? false;
  if (!isReady && !wanted) return { report, preview: null };
  const asked = 'Show the preview now: what the first cycle would do? Nothing is written.';
  if (!(wanted ?? (await session.watcher?.confirm(asked)))) return { report, preview: null };
  const options = { againstRunning: false, linesMax: shownMax + 1, ...look };
  const preview = await orSay(session, 'No preview', () =>
    withProgress(session, (show) => {
      show?.('reading and planning');
      return makePreview(client, file, { ...options, onProgress: null });
    }),
  );
  return { report, preview };
}
