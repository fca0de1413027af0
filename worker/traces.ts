/**
 * OpenTelemetry traces, sent when OTEL_EXPORTER_OTLP_ENDPOINT is set: one trace for each run of a workflow (one
 * cycle that did something, or some that found nothing), and in it one span for each attempt of an activity. The workflow itself sends nothing, so its bundle stays small
 * and a replay sends nothing twice. Spans carry ids, no people.
 */
import { createHash } from 'node:crypto';
import { type Context, context, type Span, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import type { Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { WorkIds } from './activity-log.ts';

export interface Traces {
  /** Runs an activity inside its span. */
  around<Result>(info: Info, ids: WorkIds, work: () => Promise<Result>): Promise<Result>;
  /** Sends the remaining spans. */
  close(): Promise<void>;
}

/** For a worker without a collector. */
export const untraced: Traces = { around: (_info, _ids, work) => work(), close: async () => undefined };

/** Traces to the collector that the environment names. It loads the libraries only then. */
export async function createTraces(env: NodeJS.ProcessEnv): Promise<Traces> {
  const isWanted = env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  if (!isWanted || env.OTEL_SDK_DISABLED === 'true') return untraced;
  const [{ OTLPTraceExporter }, { BatchSpanProcessor, NodeTracerProvider }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/resources'),
    ]);
  // Endpoint, headers, time-outs and certificates are the exporter's own OTEL_ variables.
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': env.OTEL_SERVICE_NAME || 'timely-sync' }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer('timely-sync');
  return {
    async around(info, ids, work) {
      const { activityType, attempt } = info;
      const span = tracer.startSpan(
        activityType,
        { attributes: { ...attributesOf(ids), attempt } },
        runOf(info),
      );
      try {
        return await work();
      } catch (error) {
        fail(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
    close: () => provider.shutdown(),
  };
}

/** The trace of a run, computed from its id: all workers put their activities into the same one. */
function runOf({ workflowExecution, activityId }: Info): Context {
  const digest = createHash('sha256')
    .update(workflowExecution?.runId ?? activityId)
    .digest('hex');
  return trace.setSpanContext(context.active(), {
    traceId: digest.slice(0, 32),
    spanId: digest.slice(32, 48),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
}

const attributesOf = (ids: WorkIds) =>
  Object.fromEntries(Object.entries(ids).map(([name, value]) => [`timely_sync.${name}`, value]));

/** Only the class: a message may name a person. */
function fail(span: Span, error: unknown): void {
  const type = (error instanceof ApplicationFailure && error.type) || 'Error';
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, message: type });
}
