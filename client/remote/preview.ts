/** Has a worker make a preview, and gathers it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { z } from 'zod';
import type { TenantFile } from '../../config/tenant-file.ts';
import type {
  PlanLine,
  PreviewInput,
  PreviewKey,
  PreviewProgress,
  PreviewSummary,
} from '../../domain/contract/preview.ts';
import type { Finding } from '../../domain/plan/change.ts';
import { type ExitCode, exitCodeOfChanges } from '../exit-codes.ts';
import { planGroupSchema } from '../schemas/plan-line-schemas.ts';
import { evidenceSchema } from '../schemas/report-schemas.ts';
import { answerSoFar, type SoFar } from './answer-later.ts';
import { onWorker } from './on-worker.ts';
import { everyItem, queryWorker } from './query.ts';

/** A first preview of 100,000 people reads both sides whole, at Timely's five requests a second. */
const previewWithinMs = 3_600_000;
const planningSilenceMs = 60_000;
const progressEveryMs = 2_000;

/** What `preview --json` prints. */
export interface PreviewDocument {
  tenant: string;
  /** Null, or the configuration in force: then only differences from its plan are listed. */
  against: 'running' | null;
  read: Pick<PreviewSummary, 'kind' | 'evidence'>;
  inScope: number;
  unchanged: number;
  counts: PreviewSummary['counts'];
  seats: PreviewSummary['seats'];
  changes: PlanLine[];
  findings: Finding[];
}

export interface PreviewOptions {
  againstRunning: boolean;
  /** The id of a look whose read it goes on from. */
  look?: string;
  /** How many changes are wanted at most; a few are enough for a screen. */
  linesMax: number;
  onProgress: ((progress: PreviewProgress) => void) | null;
}

/**
 * The plan of the next cycle with this tenant file, which need not be in force.
 * @throws the Temporal client's errors, among them whatever the two sides refuse
 */
export async function makePreview(
  client: Client,
  file: TenantFile,
  { againstRunning, linesMax, onProgress, ...from }: PreviewOptions,
): Promise<PreviewDocument> {
  const key = { tenant: file.tenant, id: randomUUID() };
  // A short query first: it finds out sooner than the preview that no worker runs.
  await queryWorker(client, { about: 'previewProgress', ...key });
  const made = onWorker(client, {
    ...previewTask(file, { id: key.id, againstRunning, ...from }),
    id: 'preview',
  });
  if (onProgress) await tellProgress(client, key, made, onProgress);
  const { tenant, kind, evidence, ...summary } = previewSummary.parse(await made);
  const changes = await everyItem<PlanLine>(
    (after) => queryWorker(client, { about: 'previewLines', ...key, after, compared: againstRunning }),
    linesMax,
  );
  const findings = await everyItem<Finding>((after) =>
    queryWorker(client, { about: 'previewFindings', ...key, after }),
  );
  await queryWorker(client, { about: 'previewEnd', ...key });
  const against = againstRunning ? ('running' as const) : null;
  return { tenant, against, read: { kind, evidence }, ...summary, changes, findings };
}

const previewTask = (file: TenantFile, input: Omit<PreviewInput, 'file'>) => ({
  activity: 'preview',
  workflow: 'preview',
  title: `preview of ${file.tenant}`,
  tenant: file.tenant,
  input: { ...input, file },
  limitMs: previewWithinMs,
  heartbeatMs: planningSilenceMs,
});

/** A preview that may be made while nobody waits. Null until it is there. @throws as `makePreview` */
export async function previewSoFar(
  client: Client,
  { file, id, key, waitMs, ...from }: SoFar & { look?: string },
): Promise<PreviewSummary | null> {
  const task = previewTask(file, { id, againstRunning: false, ...from });
  const found = await answerSoFar(client, { ...task, id: `preview/${id}`, key }, waitMs);
  return found && previewSummary.parse(found.answer);
}

/** Looks from time to time until the preview is made, well or not. */
export async function tellProgress(
  client: Client,
  key: PreviewKey,
  made: Promise<unknown>,
  onProgress: (progress: PreviewProgress) => void,
): Promise<void> {
  let isMade = false;
  const end = made.then(
    () => undefined,
    () => undefined,
  );
  void end.then(() => {
    isMade = true;
  });
  while (!isMade) {
    // A worker that is busy planning may not respond; the next query will show it.
    await queryWorker(client, { about: 'previewProgress', ...key }).then(onProgress, () => undefined);
    await Promise.race([end, sleep(progressEveryMs)]);
  }
}

/** Ends as a cycle does. Changes that are gone do not count. */
export const exitCodeOfPreview = ({ counts }: PreviewDocument): ExitCode => exitCodeOfChanges(counts);

export const previewSummary = z.object({
  tenant: z.string(),
  kind: z.enum(['full', 'incremental']),
  evidence: evidenceSchema.nullable(),
  inScope: z.number(),
  unchanged: z.number(),
  counts: z.object({
    planned: z.number(),
    toAdd: z.number(),
    toChange: z.number(),
    toRemove: z.number(),
    held: z.number(),
    asking: z.number(),
    refused: z.number(),
    failed: z.number(),
    groups: z.array(planGroupSchema),
  }),
  seats: z
    .object({
      paid: z.number(),
      used: z.number(),
      free: z.number(),
      usedAfter: z.number(),
      waiting: z.number(),
    })
    .nullable(),
}) satisfies z.ZodType<PreviewSummary>;
