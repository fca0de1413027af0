/** Ends a sign-in of the command `connect`, on Temporal servers that do not know standalone activities yet. */
import type { ConnectInput } from '../../activities/connect.ts';
import type { SignedInUser } from '../../domain/contract/sign-in.ts';
import { signingIn } from '../activity-proxies.ts';

export async function connect(input: ConnectInput): Promise<SignedInUser> {
  return await signingIn.connect(input);
}
