/** The ways in which services count the requests that they accept. */
import type { Counting } from '../faults.ts';

/** Returns whether a request at this moment (milliseconds) is accepted. */
type Accepts = (nowMs: number) => boolean;

export const rateCounters: Record<Counting, (perSecond: number) => Accepts> = {
  'sliding second': slidingSecond,
  'clock second': clockSecond,
  bucket,
};

function slidingSecond(perSecond: number): Accepts {
  let acceptedMs: number[] = [];
  return (nowMs) => {
    acceptedMs = acceptedMs.filter((time) => time > nowMs - 1000);
    if (acceptedMs.length >= perSecond) return false;
    acceptedMs.push(nowMs);
    return true;
  };
}

function clockSecond(perSecond: number): Accepts {
  let second = -1;
  let accepted = 0;
  return (nowMs) => {
    const now = Math.floor(nowMs / 1000);
    if (now !== second) accepted = 0;
    second = now;
    if (accepted >= perSecond) return false;
    accepted += 1;
    return true;
  };
}

function bucket(perSecond: number): Accepts {
  let level = perSecond;
  let lastMs: number | null = null;
  return (nowMs) => {
    level = Math.min(perSecond, level + ((nowMs - (lastMs ?? nowMs)) * perSecond) / 1000);
    lastMs = nowMs;
    if (level < 1) return false;
    level -= 1;
    return true;
  };
}
