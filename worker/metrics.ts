/** The metrics of a worker for Prometheus. docs/production.md says what each one is for. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Meter } from '../domain/meter.ts';
import type { LastCycle } from '../store/query/cycle-reports.ts';

export interface Metrics {
  /** `Content-Type` of `text`. */
  contentType: string;
  /** All metrics of this process as Prometheus reads them. */
  text(): Promise<string>;
  /** From now on each scrape reports whether this worker is ready. */
  reportReadiness(ready: () => Promise<boolean>): void;
  /** The meter of one tenant, for the adapters. */
  meterFor(tenant: string): Meter;
}

/** What the store knows of its tenants. */
export interface StoreFacts {
  /** When the last good cycle of each tenant ended. */
  lastGoodCycles(): Promise<{ tenant: string; at: Date }[]>;
  /** The outcome of the last finished cycle of each tenant. */
  lastCycles(): Promise<LastCycle[]>;
}

/**
 * How often the lag of the event loop is measured. With the library's default of 10 ms, that was most of the processor time
 * of an idle worker (`npm run bench -- many-tenants`).
 */
const eventLoopProbeMs = 100;

/** Metrics of one worker, in a registry of their own, followed by those of Temporal's SDK (`sdk`). */
export function createMetrics(facts: StoreFacts, sdk: () => Promise<string>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopProbeMs });
  storeMetrics(registry, facts);
  return {
    contentType: registry.contentType,
    text: async () => (await Promise.all([registry.metrics(), sdk()])).join('\n'),
    reportReadiness: (ready) => readyMetric(registry, ready),
    meterFor: meters(registry),
  };
}

function readyMetric(registry: Registry, ready: () => Promise<boolean>): void {
  new Gauge({
    name: 'timely_sync_ready',
    help: 'Whether this worker polls, Temporal and the store respond, and the store is migrated, as GET /readyz says.',
    registers: [registry],
    async collect() {
      this.set((await ready()) ? 1 : 0);
    },
  });
}

/** Read from the store at each scrape: all workers report the same, even one that has just started. */
function storeMetrics(registry: Registry, { lastGoodCycles, lastCycles }: StoreFacts): void {
  const fromStore = (name: string, help: string, load: () => Promise<{ tenant: string; value: number }[]>) =>
    new Gauge({
      name,
      help,
      labelNames: ['tenant'],
      registers: [registry],
      async collect() {
        // Without the store these stay empty; the other metrics are still reported.
        const known = await load().catch(() => []);
        this.reset();
        for (const { tenant, value } of known) this.set({ tenant }, value);
      },
    });
  fromStore(
    'timely_sync_last_good_cycle_timestamp_seconds',
    'When the last cycle without an error ended.',
    async () => (await lastGoodCycles()).map(({ tenant, at }) => ({ tenant, value: at.getTime() / 1000 })),
  );
  const ofLastCycles = (value: (cycle: LastCycle) => number) => async () =>
    (await lastCycles()).map((cycle) => ({ tenant: cycle.tenant, value: value(cycle) }));
  fromStore(
    'timely_sync_held_changes',
    'Changes that wait for a decision or for the end of their cause.',
    ofLastCycles(({ counts }) => counts.held),
  );
  fromStore(
    'timely_sync_failed_changes',
    'People and teams whose change failed and is retried.',
    ofLastCycles(({ counts }) => counts.failed),
  );
  healthMetric(registry, lastCycles);
}

/** 1 for the health after the last cycle. The other health values are absent, because a tenant has one health. */
function healthMetric(registry: Registry, lastCycles: StoreFacts['lastCycles']): void {
  new Gauge({
    name: 'timely_sync_tenant_health',
    help: 'Health after the last cycle: 1 for the current value.',
    labelNames: ['tenant', 'health'],
    registers: [registry],
    async collect() {
      const known = await lastCycles().catch(() => []);
      this.reset();
      for (const { tenant, health } of known) this.set({ tenant, health }, 1);
    },
  });
}

function meters(registry: Registry): Metrics['meterFor'] {
  const directory = directoryMetrics(registry);
  const timely = timelyMetrics(registry);
  return (tenant) => ({
    directoryRequest({ operation, status, resourceUnits, throttleRatio }) {
      directory.requests.inc({ tenant, operation, status });
      if (resourceUnits !== null) directory.resourceUnits.inc({ tenant, operation }, resourceUnits);
      if (throttleRatio !== null) directory.throttle.set({ tenant }, throttleRatio);
    },
    timelyRequest: ({ operation, status }) => timely.requests.inc({ tenant, operation, status }),
    timelyWait: (waitedMs) => timely.waits.inc({ tenant }, waitedMs / 1000),
    timelyRate({ perSecond, refused }) {
      timely.rate.set({ tenant }, perSecond);
      if (refused !== null) timely.ceiling.set({ tenant }, refused);
      else timely.ceiling.remove({ tenant });
    },
    credentialEnds: (at) => directory.credentialEnds.set({ tenant }, at.getTime() / 1000),
  });
}

function directoryMetrics(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: 'timely_sync_directory_requests_total',
      help: 'Requests to the directory, including those inside of batches.',
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
      name: 'timely_sync_directory_throttle_ratio',
      help: 'Used share of the limit of the directory at the last request; Microsoft Graph says 0 below 0.8, and throttles from 1.',
      labelNames: ['tenant'],
      registers,
    }),
    credentialEnds: new Gauge({
      name: 'timely_sync_credential_expires_timestamp_seconds',
      help: 'When the credential for the directory expires, where that is known.',
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
      help: "Time that requests to Timely waited for the account's rate limiter.",
      labelNames: ['tenant'],
      registers,
    }),
    rate: new Gauge({
      name: 'timely_sync_timely_rate_per_second',
      help: 'Current limit of requests per second to the Timely account, as the rate limiter found it.',
      labelNames: ['tenant'],
      registers,
    }),
    ceiling: new Gauge({
      name: 'timely_sync_timely_rate_ceiling_per_second',
      help: 'Requests per second that Timely refused; absent until it has refused a rate.',
      labelNames: ['tenant'],
      registers,
    }),
  };
}
