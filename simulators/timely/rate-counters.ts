/** The ways in which services count what they let through. */
import type { Counting } from '../faults.ts';

/** Whether a request at this moment (milliseconds) is taken. */
type Accepts = (nowMs: number) => boolean;

export const rateCounters: Record<Counting, (perSecond: number) => Accepts> = {
  'sliding second': slidingSecond,
  'clock second': clockSecond,
  bucket,
};

function slidingSecond(perSecond: number): Accepts {
  let passedMs: number[] = [];
  return (nowMs) => {
    passedMs = passedMs.filter((time) => time > nowMs - 1000);
    if (passedMs.length >= perSecond) return false;
    passedMs.push(nowMs);
    return true;
  };
}

function clockSecond(perSecond: number): Accepts {
  let second = -1;
  let passed = 0;
  return (nowMs) => {
    const now = Math.floor(nowMs / 1000);
    if (now !== second) passed = 0;
    second = now;
    if (passed >= perSecond) return false;
    passed += 1;
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
