/** Makes a preview, on Temporal servers before 1.32, which have no standalone activities. Goes with server 1.31, on 2027-06-30. */
import type { PreviewInput, PreviewSummary } from '../../domain/contract/preview.ts';
import { preview as previewActivity } from '../activity-proxies.ts';

export async function preview(input: PreviewInput): Promise<PreviewSummary> {
  return await previewActivity(input);
}
