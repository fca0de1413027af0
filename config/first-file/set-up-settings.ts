/** Settings of the set-up in the browser: how a new tenant begins, and other addresses of services. */
import { z } from 'zod';
import type { EnvironmentVariable } from '../environment-variables.ts';
import { isPlainAddress } from '../schema-parts.ts';

export const setUpVariables: readonly EnvironmentVariable[] = [
  {
    name: 'TIMELY_SYNC_CONSOLE_START',
    readBy: 'worker',
    meaning:
      'How a tenant begins that was set up in the browser: paused, until an operator resumes it, or running. Default: paused.',
  },
  {
    name: 'TIMELY_SYNC_CONSOLE_ENDPOINTS',
    readBy: 'worker',
    meaning:
      "Addresses that files of the set-up name in place of the services' own, for the sandbox and proxies: login=https://…,graph=https://…,okta=https://…,sap=https://…,timely=https://…. The worker has to allow their hosts. Default: none.",
  },
];

const services = ['login', 'graph', 'okta', 'sap', 'timely'] as const;

/** Addresses in place of the services' own. */
export type SetUpEndpoints = Partial<Record<(typeof services)[number], string>>;

export interface SetUpSettings {
  startsPaused: boolean;
  endpoints: SetUpEndpoints;
}

const rule = `must be addresses by service, ${services.map((name) => `${name}=https://…`).join(',')}; login and graph belong together`;

const endpoints = z.string().transform((text, context): SetUpEndpoints => {
  const entries = text.split(',').map((entry) => entry.trim().split(/=(.*)/s).slice(0, 2));
  const isFine = entries.every(
    ([name, address = '']) => services.some((service) => service === name) && isPlainAddress(address),
  );
  const given: SetUpEndpoints = Object.fromEntries(entries);
  if (isFine && (given.login === undefined) === (given.graph === undefined)) return given;
  context.addIssue({ code: 'custom', message: rule });
  return z.NEVER;
});

/** The variables above, for the schema of the worker's environment. */
export const setUpShape = {
  TIMELY_SYNC_CONSOLE_START: z
    .enum(['paused', 'running'], { error: 'must be paused | running' })
    .default('paused'),
  TIMELY_SYNC_CONSOLE_ENDPOINTS: endpoints.default({}),
};

export const setUpSettingsOf = (data: z.output<z.ZodObject<typeof setUpShape>>): SetUpSettings => ({
  startsPaused: data.TIMELY_SYNC_CONSOLE_START === 'paused',
  endpoints: data.TIMELY_SYNC_CONSOLE_ENDPOINTS,
});
