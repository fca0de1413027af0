/**
 * The metrics of Temporal's SDK. Its native part tells them on a port of its own, which is bound to this machine alone;
 * the worker's `GET /metrics` fetches them from there, so that there is one address to scrape.
 */
import type { MetricsExporterConfig } from '@temporalio/worker';
import getPort from 'get-port';

const answerWithinMs = 2_000;

export interface SdkMetrics {
  /** For `Runtime.install`. */
  exporter: MetricsExporterConfig;
  /** In Prometheus's form; empty when they cannot be had. */
  text(): Promise<string>;
}

/** Durations in seconds and counters with `_total`, as everything else in `/metrics`. */
export async function createSdkMetrics(): Promise<SdkMetrics> {
  const host = '127.0.0.1';
  // The native part takes a free port when asked for 0, but does not tell which.
  const bindAddress = `${host}:${await getPort({ host })}`;
  return {
    exporter: {
      prometheus: {
        bindAddress,
        countersTotalSuffix: true,
        unitSuffix: true,
        useSecondsForDurations: true,
      },
    },
    async text() {
      try {
        const signal = AbortSignal.timeout(answerWithinMs);
        const answer = await fetch(`http://${bindAddress}/metrics`, { signal });
        return answer.ok ? await answer.text() : '';
      } catch {
        // The worker's own are told all the same.
        return '';
      }
    },
  };
}
