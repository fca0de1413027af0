/** The end of a sign-in to Timely: a worker trades the code of the browser for tokens. */
import type { Client } from '@temporalio/client';
import type { TenantFile } from '../../../config/tenant-file.ts';
import type { SignedInUser, SignInCode } from '../../../domain/contract/sign-in.ts';
import { signedInUser } from '../../schemas/answer-schemas.ts';
import { onWorker } from '../on-worker.ts';

/** How long a worker may take to trade the code; Timely may be slow. */
const tradeWithinMs = 60_000;

/** The tenant to sign in for; with its file where none is in force yet. */
export interface SignInSubject {
  tenant: string;
  file?: TenantFile;
}

/** Returns the user that the sync acts as from now on. @throws the Temporal client's errors, among them the worker's when Timely refuses the code */
export async function redeemCode(
  client: Client,
  subject: SignInSubject,
  code: SignInCode,
): Promise<SignedInUser> {
  const connected = await onWorker(client, {
    activity: 'connect',
    workflow: 'connect',
    id: `connect/${subject.tenant}`,
    title: `sign-in to Timely of ${subject.tenant}`,
    tenant: subject.tenant,
    input: { ...subject, ...code },
    limitMs: tradeWithinMs,
  });
  return signedInUser.parse(connected);
}
