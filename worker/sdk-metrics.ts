/**
 * The metrics of Temporal's SDK. Its native part serves them on a port of its own, bound to this machine alone. The worker's
 * `GET /metrics` fetches them from there, so that there is one address to scrape.
 */
import type { MetricsExporterConfig } from '@temporalio/worker';
import getPort from 'get-port';

const responseWithinMs = 2_000;

export interface SdkMetrics {
  /** For `Runtime.install`. */
  exporter: MetricsExporterConfig;
  /** In Prometheus's format; empty when they are not available. */
  text(): Promise<string>;
}

/** Durations in seconds and counters with `_total`, like all other metrics. */
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
        const signal = AbortSignal.timeout(responseWithinMs);
        const response = await fetch(`http://${bindAddress}/metrics`, { signal });
        return response.ok ? await response.text() : '';
      } catch {
        // The worker's own metrics are still reported.
        return '';
      }
    },
  };
}
