import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const ledgerLine = z.object({
  at: z.string(),
  method: z.string(),
  operation: z.string(),
  subject: z.string().nullable(),
  status: z.number(),
});

export interface RecordedRequest {
  /** Milliseconds since 1970. */
  at: number;
  method: string;
  /** What was asked for, such as `users.delta`; sign-ins begin with `oauth.`. */
  operation: string;
  /** Whom it concerned: an e-mail address where one is known. */
  subject: string | null;
  status: number;
}

/** All requests that a side of the sandbox has had, by its own ledger; `folder` is the stack's data folder. */
export async function readLedger(folder: string, side: 'microsoft' | 'timely'): Promise<RecordedRequest[]> {
  const text = await readFile(join(folder, 'sandbox', `${side}-ledger.jsonl`), 'utf8');
  const lines = text.trim().split('\n');
  return lines.map((line) => {
    const { at, ...rest } = ledgerLine.parse(JSON.parse(line));
    return { ...rest, at: new Date(at).getTime() };
  });
}
