/** Makes a preview, on Temporal servers that do not know standalone activities yet. */
import type { PreviewInput, PreviewSummary } from '../../domain/contract/preview.ts';
import { previewing } from '../activity-proxies.ts';

export async function preview(input: PreviewInput): Promise<PreviewSummary> {
  return await previewing.preview(input);
}
