/** Moments and lengths of time as people read them. */
import { formatMinute } from '../../../domain/approvals/decision.ts';

/** How a moment in ISO 8601 is written; `-` for none. */
export type When = (iso: string | null) => string;

/** In the reader's own time zone: `2026-11-23 12:06`. */
export const moment: When = (iso) => {
  if (iso === null) return '-';
  const at = new Date(iso);
  const pad = (part: number) => String(part).padStart(2, '0');
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${day} ${pad(at.getHours())}:${pad(at.getMinutes())}`;
};

/** For readers whose time zone is not known: `2026-11-23 12:06 UTC`. */
export const utcMoment: When = (iso) => (iso === null ? '-' : `${formatMinute(iso)} UTC`);

/** A length of time as people read it: `0.9 s`, `4 min 5 s`. */
export function span(milliseconds: number): string {
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
