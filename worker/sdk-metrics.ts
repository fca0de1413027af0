/**
 * The metrics of Temporal's SDK. Its native part serves them on a port of its own, bound to this machine alone. The worker's
 * `GET /metrics` fetches them from there, so that there is one address to scrape.
 */
import { createServer } from 'node:net';
import type { MetricsExporterConfig } from '@temporalio/worker';

const responseWithinMs = 2_000;

export interface SdkMetrics {
  /** For `Runtime.install`. */
  exporter: MetricsExporterConfig;
  /** In Prometheus's format; empty when they are not available. */
  text(): Promise<string>;
}

/** Durations in seconds and counters with `_total`, like all other metrics. */
export async function createSdkMetrics(): Promise<SdkMetrics> {
  const bindAddress = `127.0.0.1:${await freePort()}`;
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

/** The native part would take port 0 for any free port, but does not say which one it took. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}
