/** What `up` notes in DATA/up.json while it runs: itself, everything it started, and where that is reached. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { processIdentity } from './process-identity.ts';

const processRecord = z.object({ name: z.string(), pid: z.number(), identity: z.string() });
export type ProcessRecord = z.output<typeof processRecord>;

/** Temporal's address and its UI's, once both answer. */
const upAddresses = z.object({ address: z.string(), uiUrl: z.string() });
export type UpAddresses = z.output<typeof upAddresses>;

const upRecord = z.object({
  owner: processRecord,
  processes: z.array(processRecord),
  reached: upAddresses.exactOptional(),
});
export type UpRecord = z.output<typeof upRecord>;

/** Where `up` keeps everything unless `--data` says otherwise. */
export const defaultDataFolder = '.timely-sync';

export const recordFileIn = (dataFolder: string): string => join(dataFolder, 'up.json');

/** Null when there is no note, or half of one: then nothing of it can be believed. */
export async function readUpRecord(dataFolder: string): Promise<UpRecord | null> {
  try {
    return upRecord.parse(JSON.parse(await readFile(recordFileIn(dataFolder), 'utf8')));
  } catch {
    return null;
  }
}

/** Where this user's `up` is reached that runs with this folder; null when none does. Others could lead commands astray. */
export async function runningUp(dataFolder: string): Promise<UpAddresses | null> {
  const record = await readUpRecord(dataFolder);
  if (!record?.reached || !(await isRunning(record.owner))) return null;
  const { uid } = await stat(recordFileIn(dataFolder));
  return uid === (process.getuid?.() ?? uid) ? record.reached : null;
}

export async function isRunning({ pid, identity }: ProcessRecord): Promise<boolean> {
  return identity !== '' && (await processIdentity(pid)) === identity;
}
