/** Takes a look, on Temporal servers before 1.32, which have no standalone activities. Goes with server 1.31, on 2027-06-30. */
import type { LookInput, LookReport } from '../../domain/contract/look.ts';
import { look as lookActivity } from '../activity-proxies.ts';

export async function look(input: LookInput): Promise<LookReport> {
  return await lookActivity(input);
}
