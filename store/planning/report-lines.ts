/** Changes as lines of a report, page by page. */
import type { ReportLine } from '../../domain/contract/report.ts';
import { subjectTitleOf } from '../../domain/plan/change.ts';
import type { ChangeRow } from './plans.ts';

/** Position where the next page begins; null after the last page. */
export function nextOf(rows: { position: number }[], limit: number): number | null {
  const last = rows.at(-1);
  return last && rows.length === limit ? last.position + 1 : null;
}

export function lineOf(row: ChangeRow): ReportLine {
  const { position, kind, status, subject, reason, failure } = row;
  return {
    position,
    change: kind,
    status,
    subject: subjectTitleOf(subject),
    name: subject.name,
    why: reason,
    hold: row.holdRule ? { rule: row.holdRule, detail: row.holdDetail ?? '' } : null,
    refusal: row.refusalRule ? { rule: row.refusalRule, detail: row.refusalDetail ?? '' } : null,
    failure,
  };
}
