/** Completes a sign-in of the command `connect`, on Temporal servers without standalone activities. */
import type { ConnectInput } from '../../activities/connect.ts';
import type { SignedInUser } from '../../domain/contract/sign-in.ts';
import { connect as connectActivity } from '../activity-proxies.ts';

export async function connect(input: ConnectInput): Promise<SignedInUser> {
  return await connectActivity(input);
}
