/** Has a worker look at a directory and an account, and asks for lists of what it found. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { TenantFile } from '../../config/tenant-file.ts';
import type { LookReport } from '../../domain/contract/look.ts';
import type { PreviewKey, PreviewProgress } from '../../domain/contract/preview.ts';
import { lookReport } from '../schemas/look-schemas.ts';
import { answerSoFar, type SoFar } from './answer-later.ts';
import { onWorker } from './on-worker.ts';
import { tellProgress } from './preview.ts';

/** A directory of 100,000 people is read whole, at the rate that it allows. */
const lookWithinMs = 3_600_000;
const countingSilenceMs = 60_000;

export interface Look {
  /** What was read is kept under it, until `previewEnd` or for two hours. */
  key: PreviewKey;
  report: LookReport;
}

const lookTask = (file: TenantFile, id: string) => ({
  activity: 'look',
  workflow: 'look',
  title: `look around for ${file.tenant}`,
  tenant: file.tenant,
  input: { id, file },
  limitMs: lookWithinMs,
  heartbeatMs: countingSilenceMs,
});

/** A look that may go on while nobody waits. Null until it is there. @throws as `takeLook` */
export async function lookSoFar(
  client: Client,
  { file, id, key, waitMs }: SoFar,
): Promise<LookReport | null> {
  const found = await answerSoFar(client, { ...lookTask(file, id), id: `look/${id}`, key }, waitMs);
  return found && lookReport.parse(found.answer);
}

/** @throws the Temporal client's errors, among them what the directory refuses */
export async function takeLook(
  client: Client,
  file: TenantFile,
  onProgress: ((progress: PreviewProgress) => void) | null,
): Promise<Look> {
  const key = { tenant: file.tenant, id: randomUUID() };
  const taken = onWorker(client, { ...lookTask(file, key.id), id: 'look' });
  if (onProgress) await tellProgress(client, key, taken, onProgress);
  return { key, report: withTenant(lookReport.parse(await taken)) };
}

/** Timely's client does not know whose account it asks. */
const withTenant = ({ timely, ...report }: LookReport): LookReport => ({
  ...report,
  timely:
    'problem' in timely ? { ...timely, remedy: timely.remedy.replaceAll('<tenant>', report.tenant) } : timely,
});
