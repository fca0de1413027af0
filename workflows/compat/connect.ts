/** Completes a sign-in of the command `connect`, on Temporal servers before 1.32, which have no standalone activities. Goes with server 1.31, on 2027-06-30. */
import type { ConnectInput } from '../../activities/connect.ts';
import type { SignedInUser } from '../../domain/contract/sign-in.ts';
import { connect as connectActivity } from '../activity-proxies.ts';

export async function connect(input: ConnectInput): Promise<SignedInUser> {
  return await connectActivity(input);
}
