/** How fast the cycle that runs applies its plan, and when it will be done. */
import type { CycleCounts, CycleReport } from '../../domain/contract/report.ts';
import type { TenantStatus } from '../../workflows/messages.ts';
import { span } from './words/moments.ts';

export interface Estimate {
  done: number;
  of: number;
  /** Changes a second since the applying began; null before the first is done. */
  perSecond: number | null;
  /** ISO 8601; null before the first is done. */
  endsAt: string | null;
}

/**
 * Null while nothing is applied. The loop counts whole parts of a plan, the store each change: whichever knows of more is
 * right. `running` is the row of the cycle that runs.
 */
export function estimateOf(
  { progress }: Pick<TenantStatus, 'progress'>,
  running: Pick<CycleReport, 'counts'> | null,
  nowMs: number,
): Estimate | null {
  if (progress === null) return null;
  const { of, since } = progress;
  const done = Math.min(Math.max(progress.done, running ? changesIn(running.counts) : 0), of);
  const seconds = since === undefined ? 0 : (nowMs - Date.parse(since)) / 1_000;
  if (done === 0 || seconds <= 0) return { done, of, perSecond: null, endsAt: null };
  const perSecond = Math.round((done / seconds) * 100) / 100;
  const endsAt = new Date(nowMs + ((of - done) / done) * seconds * 1_000).toISOString();
  return { done, of, perSecond, endsAt };
}

/** `120 of 500, 4.2 a second, done in 1 min 30 s`. */
export function estimateText({ done, of, perSecond, endsAt }: Estimate, nowMs: number): string {
  if (perSecond === null || endsAt === null) return `${done} of ${of}`;
  const left = span(Math.max(Date.parse(endsAt) - nowMs, 0));
  const speed = perSecond < 10 ? perSecond : Math.round(perSecond);
  return `${done} of ${of}, ${speed} a second, done in ${left}`;
}

/** How many changes the cycle has applied. */
export function changesIn(counts: CycleCounts): number {
  const { invited, reinstated, linked, roleChanged, removed } = counts;
  const { teamsCreated, teamsRenamed, teamMembersChanged, teamsRetired } = counts;
  const people = invited + reinstated + linked + roleChanged + removed;
  return people + teamsCreated + teamsRenamed + teamMembersChanged + teamsRetired;
}
