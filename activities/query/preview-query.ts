/** Queries about a preview: its progress, then its lines and findings in pages, until it is dropped. */
import type { PlanLine, PreviewProgress } from '../../domain/contract/preview.ts';
import type { PreviewQuery } from '../../domain/contract/query.ts';
import type { Page } from '../../domain/contract/report.ts';
import { previewCycle, previewLines, previewProgress } from '../../store/preview/preview-rows.ts';
import { dropTenantCopy, tenantCopyName } from '../../store/preview/tenant-copy.ts';
import { findingsPage } from '../../store/query/cycle-reports.ts';
import type { Services } from '../services.ts';

/** About 150 KB: changes of teams, which name up to 40 people each, are few. */
const linesMax = 200;
const findingsMax = 150;

export type PreviewResult =
  | PreviewProgress
  | Page<PlanLine>
  | Awaited<ReturnType<typeof findingsPage>>
  | null;

export async function runPreviewQuery(
  { database }: Pick<Services, 'database'>,
  query: PreviewQuery,
): Promise<PreviewResult> {
  const copyName = tenantCopyName(query.tenant, query.id);
  switch (query.about) {
    case 'previewProgress':
      return await previewProgress(database, copyName);
    case 'previewLines': {
      const { after, compared } = query;
      return await previewLines(database, copyName, { after, compared, limit: linesMax });
    }
    case 'previewFindings': {
      const cycle = await previewCycle(database, copyName);
      return await findingsPage(database, copyName, cycle, query.after, findingsMax);
    }
    case 'previewEnd':
      await dropTenantCopy(database, copyName);
      return null;
  }
}
