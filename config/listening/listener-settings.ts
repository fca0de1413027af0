/** Where a worker listens: its address, the port of each part, and the codec endpoint for Temporal's UI and CLI. */
import { isIP } from 'node:net';
import { z } from 'zod';
import type { EnvironmentVariable } from '../environment-variables.ts';

export const listenerVariables: readonly EnvironmentVariable[] = [
  {
    name: 'TIMELY_SYNC_LISTEN',
    readBy: 'worker',
    meaning:
      'Address that all ports of the worker listen on. Default: 127.0.0.1, this machine alone; 0.0.0.0 is every network.',
  },
  {
    name: 'TIMELY_SYNC_HEALTH_PORT',
    readBy: 'worker',
    meaning:
      'Port of GET /healthz, GET /readyz and GET /metrics, and of the receiver of change notifications unless it has its own. Default: 8080; 0 takes a free one.',
  },
  {
    name: 'TIMELY_SYNC_RECEIVER_PORT',
    readBy: 'worker',
    meaning: 'Port of the receiver of change notifications alone. Default: TIMELY_SYNC_HEALTH_PORT.',
  },
  {
    name: 'TIMELY_SYNC_CODEC_PORT',
    readBy: 'worker',
    meaning:
      "Port of the codec endpoint, by which Temporal's UI and CLI show what TIMELY_SYNC_PAYLOAD_KEY encrypts. Default: none.",
  },
  {
    name: 'TIMELY_SYNC_CODEC_TOKEN',
    readBy: 'worker',
    meaning:
      'What callers of the codec endpoint prove themselves with: 24 characters or more (openssl rand -hex 24).',
  },
];

/** A port to listen on; 0 takes a free one. */
export const listenPort = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port')
  .transform(Number)
  .refine((number) => number <= 65_535, 'must be a port');

/** The variables above, for the schema of the worker's environment. */
export const listenerShape = {
  TIMELY_SYNC_LISTEN: z
    .string()
    .refine((text) => isIP(text) !== 0, 'must be an IP address, such as 127.0.0.1 or 0.0.0.0')
    .default('127.0.0.1'),
  TIMELY_SYNC_HEALTH_PORT: listenPort.default(8080),
  TIMELY_SYNC_RECEIVER_PORT: listenPort.optional(),
  TIMELY_SYNC_CODEC_PORT: listenPort.optional(),
  TIMELY_SYNC_CODEC_TOKEN: z
    .string()
    .regex(
      /^[\x21-\x7e]{24,200}$/,
      'must be 24 to 200 printable characters without blanks (openssl rand -hex 24)',
    )
    .optional(),
};

/** Where a worker listens. A port of 0 takes a free one. */
export interface ListenerSettings {
  /** An IP address. */
  host: string;
  healthPort: number;
  /** Null when the receiver shares the health port. */
  receiverPort: number | null;
  /** Null when there is no codec endpoint. */
  codec: { port: number; token: string } | null;
}

type Data = z.output<z.ZodObject<typeof listenerShape>>;

export function listenersOf(data: Data): ListenerSettings {
  const { TIMELY_SYNC_CODEC_PORT: codecPort, TIMELY_SYNC_CODEC_TOKEN: token } = data;
  return {
    host: data.TIMELY_SYNC_LISTEN,
    healthPort: data.TIMELY_SYNC_HEALTH_PORT,
    receiverPort: data.TIMELY_SYNC_RECEIVER_PORT ?? null,
    codec: codecPort !== undefined && token !== undefined ? { port: codecPort, token } : null,
  };
}

/** What settings of the codec endpoint lack, as a path and a sentence; null when they are whole. */
export function codecProblem(data: Data, keys: readonly unknown[]): { path: string; message: string } | null {
  if (data.TIMELY_SYNC_CODEC_PORT === undefined) return null;
  if (data.TIMELY_SYNC_CODEC_TOKEN === undefined)
    return { path: 'TIMELY_SYNC_CODEC_TOKEN', message: 'is missing: TIMELY_SYNC_CODEC_PORT needs it' };
  if (keys.length === 0)
    return { path: 'TIMELY_SYNC_PAYLOAD_KEY', message: 'is missing: TIMELY_SYNC_CODEC_PORT needs it' };
  return null;
}
