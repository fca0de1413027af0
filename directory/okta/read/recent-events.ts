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
  /** As `ReadPlan` has it: the streams of one cycle share what they read. */
  cycle: string | undefined;
}

export interface RecentEvents {
  read(round: EventsRound): Promise<LogEvent[]>;
}

/** After this time the log is read from `since` again, in case a response left something out. */
const followedMs = 4 * 60_000;
/** For how long a stream may use what the other one has read. */
const sharedMs = 30_000;
/** More are not kept in memory. */
const keptMax = 20_000;

interface Known {
  sinceMs: number;
  /** When the log was read from `since`, when it was read last, and by which cycle. */
  begunMs: number;
  readMs: number;
  cycle: string | undefined;
  events: LogEvent[];
  /** What follows them; null when Okta did not say. */
  link: string | null;
}

export function createRecentEvents(okta: OktaClient, types: readonly string[]): RecentEvents {
  let known: Known | null = null;
  let largestPage = 0;
  return {
    async read({ since, at, cycle }) {
      const [sinceMs, atMs] = [Date.parse(since), Date.parse(at)];
      const earlier = known !== null && known.sinceMs <= sinceMs ? known : null;
      if (earlier !== null && isShared(earlier, atMs, cycle)) return after(earlier.events, sinceMs);
      const followed = earlier !== null && canBeFollowed(earlier, atMs) ? earlier : null;
      known = null;
      const events = [...(followed?.events ?? [])];
      let link = followed?.link ?? null;
      for await (const page of readLog(okta, link ?? logPath(types, since))) {
        events.push(...page.events);
        link = page.behind;
        // What may still follow a smaller page is read from its link by the next round.
        if (page.lines < largestPage) break;
        largestPage = page.lines;
      }
      const begun = followed ?? { sinceMs, begunMs: atMs };
      if (events.length <= keptMax) known = { ...begun, readMs: atMs, cycle, events, link };
      return after(events, sinceMs);
    },
  };
}

const isShared = (known: Known, atMs: number, cycle: string | undefined): boolean =>
  cycle !== undefined && cycle === known.cycle && atMs - known.readMs < sharedMs;

const canBeFollowed = ({ link, begunMs }: Known, atMs: number): boolean =>
  link !== null && atMs - begunMs < followedMs;

/** An event without a readable moment counts as new. */
const after = (events: readonly LogEvent[], sinceMs: number): LogEvent[] =>
  events.filter(({ published }) => !(Date.parse(published) < sinceMs));
