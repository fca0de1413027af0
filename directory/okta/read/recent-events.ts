/**
 * The events of the System Log that a round of changes has to know, for both streams. The log has a rate limit of its own that is
 * low, so one request a cycle is usual: the link behind the last page is kept and followed, as Okta advises
 * (docs/reference/okta-and-sap.md section 1.3).
 */
import type { OktaClient } from '../client/okta-client.ts';
import { type LogEvent, logPath, readLog } from './log.ts';

/** By Okta's clock. */
export interface EventsRound {
  /** Events after this moment are asked for. */
  since: string;
  /** When the round began. */
  at: string;
}

export interface RecentEvents {
  /** Asks Okta. */
  read(round: EventsRound): Promise<LogEvent[]>;
  /** What `read` has just given to the other stream, once; otherwise it asks. */
  readOnce(round: EventsRound): Promise<LogEvent[]>;
}

/** The log is read from `since` again after so long, in case an answer left something out. */
const followedMs = 4 * 60_000;
/** A cycle reads its second stream so much later at most. */
const sameCycleMs = 30_000;
/** More are not kept in memory. */
const keptMax = 20_000;

interface Known {
  sinceMs: number;
  /** When the log was read from `since`, and when it was read last. */
  begunMs: number;
  readMs: number;
  events: LogEvent[];
  /** What follows them; null when Okta did not say. */
  link: string | null;
  isUsed: boolean;
}

export function createRecentEvents(okta: OktaClient, types: readonly string[]): RecentEvents {
  let known: Known | null = null;
  let largestPage = 0;

  async function read({ since, at }: EventsRound): Promise<LogEvent[]> {
    const [sinceMs, atMs] = [Date.parse(since), Date.parse(at)];
    const base = canFollow(known, sinceMs, atMs) ? known : null;
    known = null;
    const events = [...(base?.events ?? [])];
    let link = base?.link ?? null;
    for await (const page of readLog(okta, link ?? logPath(types, since))) {
      events.push(...page.events);
      link = page.behind;
      // What may still follow a smaller page is read from its link by the next round.
      if (page.lines < largestPage) break;
      largestPage = page.lines;
    }
    if (events.length <= keptMax) {
      const from = base ?? { sinceMs, begunMs: atMs };
      known = { ...from, readMs: atMs, events, link, isUsed: false };
    }
    return after(events, sinceMs);
  }

  return {
    read,
    async readOnce(round) {
      const [sinceMs, atMs] = [Date.parse(round.since), Date.parse(round.at)];
      const isOfCycle =
        known !== null &&
        !known.isUsed &&
        known.sinceMs <= sinceMs &&
        Math.abs(atMs - known.readMs) < sameCycleMs;
      if (!isOfCycle || known === null) return await read(round);
      known.isUsed = true;
      return after(known.events, sinceMs);
    },
  };
}

const canFollow = (known: Known | null, sinceMs: number, atMs: number): boolean =>
  known !== null &&
  known.link !== null &&
  known.sinceMs <= sinceMs &&
  Math.abs(atMs - known.begunMs) < followedMs;

/** An event without a readable moment counts as new. */
const after = (events: readonly LogEvent[], sinceMs: number): LogEvent[] =>
  events.filter(({ published }) => !(Date.parse(published) < sinceMs));
