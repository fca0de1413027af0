/** What a worker counts, in Prometheus's form. docs/operating.md says what each metric is for. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Meter } from '../domain/meter.ts';

export interface Metrics {
  /** `Content-Type` of `text`. */
  contentType: string;
  /** All metrics of this process as Prometheus reads them. */
  text(): Promise<string>;
  /** The meter of one tenant, for the adapters. */
  meterFor(tenant: string): Meter;
}

/** When the last good cycle of each tenant ended. */
export type LastGoodCycles = () => Promise<{ tenant: string; at: Date }[]>;

/** Metrics of one worker, in a registry of their own. */
export function createMetrics(lastGoodCycles: LastGoodCycles): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  lastGoodCycleMetric(registry, lastGoodCycles);
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    meterFor: meters(registry),
  };
}

/** Read from the store at each scrape: every worker tells the same, one that has just started too. */
function lastGoodCycleMetric(registry: Registry, lastGoodCycles: LastGoodCycles): void {
  new Gauge({
    name: 'timely_sync_last_good_cycle_timestamp_seconds',
    help: 'When the last cycle that was carried through ended.',
    labelNames: ['tenant'],
    registers: [registry],
    async collect() {
      // Without the store there is nothing to tell; the other metrics are told all the same.
      const known = await lastGoodCycles().catch(() => []);
      this.reset();
      for (const { tenant, at } of known) this.set({ tenant }, at.getTime() / 1000);
    },
  });
}

function meters(registry: Registry): Metrics['meterFor'] {
  const graph = graphMetrics(registry);
  const timely = timelyMetrics(registry);
  return (tenant) => ({
    directoryRequest({ operation, status, resourceUnits, throttleRatio }) {
      graph.requests.inc({ tenant, operation, status });
      if (resourceUnits !== null) graph.resourceUnits.inc({ tenant, operation }, resourceUnits);
      if (throttleRatio !== null) graph.throttle.set({ tenant }, throttleRatio);
    },
    timelyRequest: ({ operation, status }) => timely.requests.inc({ tenant, operation, status }),
    timelyWait: (waitedMs) => timely.waits.inc({ tenant }, waitedMs / 1000),
    timelyPace({ perSecond, refused }) {
      timely.rate.set({ tenant }, perSecond);
      if (refused !== null) timely.ceiling.set({ tenant }, refused);
      else timely.ceiling.remove({ tenant });
    },
    credentialEnds: (at) => graph.credentialEnds.set({ tenant }, at.getTime() / 1000),
  });
}

function graphMetrics(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: 'timely_sync_graph_requests_total',
      help: 'Requests to Microsoft Graph, parts of batches included.',
      labelNames: ['tenant', 'operation', 'status'],
      registers,
    }),
    resourceUnits: new Counter({
      name: 'timely_sync_graph_resource_units_total',
      help: 'Resource units that Microsoft Graph charged (x-ms-resource-unit).',
      labelNames: ['tenant', 'operation'],
      registers,
    }),
    throttle: new Gauge({
      name: 'timely_sync_graph_throttle_ratio',
      help: 'Share of the limit of Microsoft Graph that was used at the last request; 0 below 0.8, throttled from 1.',
      labelNames: ['tenant'],
      registers,
    }),
    credentialEnds: new Gauge({
      name: 'timely_sync_credential_expires_timestamp_seconds',
      help: 'When the secret or certificate of the Entra application ends, where that can be told.',
      labelNames: ['tenant'],
      registers,
    }),
  };
}

function timelyMetrics(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: 'timely_sync_timely_requests_total',
      help: 'Requests to Timely.',
      labelNames: ['tenant', 'operation', 'status'],
      registers,
    }),
    waits: new Counter({
      name: 'timely_sync_timely_wait_seconds_total',
      help: "Time that requests to Timely waited for the account's rate budget.",
      labelNames: ['tenant'],
      registers,
    }),
    rate: new Gauge({
      name: 'timely_sync_timely_rate_per_second',
      help: 'Requests per second that the Timely account is asked with at most, as found by itself.',
      labelNames: ['tenant'],
      registers,
    }),
    ceiling: new Gauge({
      name: 'timely_sync_timely_rate_ceiling_per_second',
      help: 'Requests per second that Timely refused; none as long as it has refused no rate.',
      labelNames: ['tenant'],
      registers,
    }),
  };
}
