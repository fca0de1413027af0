/** Makes a preview, on Temporal servers without standalone activities. */
import type { PreviewInput, PreviewSummary } from '../../domain/contract/preview.ts';
import { preview as previewActivity } from '../activity-proxies.ts';

export async function preview(input: PreviewInput): Promise<PreviewSummary> {
  return await previewActivity(input);
}
