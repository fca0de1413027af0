/**
 * What tenant files may ask of a worker: which secrets they may name and which hosts they may send requests to. The
 * worker's own settings say it, never the file, because a file may come from a person with other interests.
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import type { EnvironmentVariable } from '../environment-variables.ts';
import type { Environment } from './secrets.ts';
import {
  type SharedApplication,
  sharedApplicationOf,
  sharedApplicationShape,
  sharedApplicationVariables,
} from './shared-application.ts';

export const policyVariables: readonly EnvironmentVariable[] = [
  {
    name: 'TIMELY_SYNC_SHARED_REFERENCES',
    readBy: 'worker',
    meaning:
      "References that tenant files may name besides each tenant's own TENANT_<NAME>_ variables and files: env:NAME or file:/path, separated by commas; env:NAME@tenant is for that tenant alone.",
  },
  {
    name: 'TIMELY_SYNC_SECRETS_DIR',
    readBy: 'worker',
    meaning:
      'Folder of secrets as files: <folder>/<tenant>/ for each tenant, <folder>/shared/ for all. Default: /run/secrets.',
  },
  {
    name: 'TIMELY_SYNC_ALLOWED_HOSTS',
    readBy: 'worker',
    meaning:
      "Hosts that endpoints of tenant files may name besides Microsoft's, Okta's, SAP's and Timely's own: host[:port], *.domain or an address, separated by commas; host@tenant is for that tenant alone.",
  },
  {
    name: 'TIMELY_SYNC_WEBHOOK_HOSTS',
    readBy: 'worker',
    meaning: 'The only hosts that webhooks of tenant files may name. Default: any with a public address.',
  },
  ...sharedApplicationVariables,
];

/** One entry of a list. `tenant`: for that tenant alone; null: for all. */
export interface Listed {
  tenant: string | null;
}

export interface ListedReference extends Listed {
  /** `env:NAME` or `file:/path`. */
  reference: string;
}

export interface ListedHost extends Listed {
  kind: 'host' | 'subdomains' | 'network';
  /** A host, a domain, or the first address of a network; as an address has it, IPv6 without brackets. */
  name: string;
  /** Of a network. */
  prefix: number;
  /** Null: any. */
  port: number | null;
}

export interface TenantPolicy {
  /** Where `env:` references are resolved. */
  env: Environment;
  sharedReferences: readonly ListedReference[];
  /** Holds a folder for each tenant, and `shared`. */
  secretsDir: string;
  /** Besides the vendors' own. */
  allowedHosts: readonly ListedHost[];
  /** Null: webhooks may go to any public address. */
  webhookHosts: readonly ListedHost[] | null;
  /** The installation's own multi-tenant application in Entra ID; null when there is none. */
  entraApplication: SharedApplication | null;
}

const defaultSecretsDir = '/run/secrets';
const referenceRule =
  'must be references, env:NAME or file:/absolute/path, separated by commas; env:NAME@tenant is for that tenant alone';
const hostRule =
  'must be hosts such as localhost:8443 or *.contoso.example, or networks such as 10.0.0.0/8, separated by commas; host@tenant is for that tenant alone';

const entries = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

/** Splits `value@tenant`. */
function scoped(entry: string): { value: string; tenant: string | null } {
  const match = /^(.*)@([a-z0-9-]{1,40})$/.exec(entry);
  return { value: match?.[1] ?? entry, tenant: match?.[2] ?? null };
}

function listedReference(entry: string): ListedReference | null {
  const { value, tenant } = scoped(entry);
  const reference = /^[A-Za-z_][A-Za-z0-9_]*$/.test(value) ? `env:${value}` : value;
  return /^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/\S.*)$/.test(reference) ? { reference, tenant } : null;
}

function listedHost(entry: string): ListedHost | null {
  const { value, tenant } = scoped(entry);
  const [network = '', prefix] = value.split('/');
  if (prefix !== undefined) {
    const bits = { 0: -1, 4: 32, 6: 128 }[isIP(network)] ?? -1;
    const isPrefix = /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits;
    return isPrefix ? { kind: 'network', name: network, prefix: Number(prefix), port: null, tenant } : null;
  }
  if (isIP(value) === 6) return listedHost(`[${value}]${tenant === null ? '' : `@${tenant}`}`);
  const parts = /^(\*\.)?(\[[0-9A-Fa-f:.]+\]|[^\s:/?#@*[\]]+)(?::(\d{1,5}))?$/.exec(value);
  const address = `https://${parts?.[2]}`;
  if (!parts || !URL.canParse(address)) return null;
  return {
    kind: parts[1] === undefined ? 'host' : 'subdomains',
    name: new URL(address).hostname.replace(/^\[|\]$/g, ''),
    prefix: 0,
    port: parts[3] === undefined ? null : Number(parts[3]),
    tenant,
  };
}

function listOf<Entry>(read: (entry: string) => Entry | null, rule: string) {
  return z.string().transform((text, context): Entry[] =>
    entries(text).map((entry) => {
      const listed = read(entry);
      if (listed !== null) return listed;
      context.addIssue({ code: 'custom', message: rule });
      return z.NEVER;
    }),
  );
}

/** The variables above, for the schema of the worker's environment. */
export const policyShape = {
  TIMELY_SYNC_SHARED_REFERENCES: listOf(listedReference, referenceRule).default([]),
  TIMELY_SYNC_SECRETS_DIR: z.string().regex(/^\//, 'must be an absolute path').default(defaultSecretsDir),
  TIMELY_SYNC_ALLOWED_HOSTS: listOf(listedHost, hostRule).default([]),
  TIMELY_SYNC_WEBHOOK_HOSTS: listOf(listedHost, hostRule).optional(),
  ...sharedApplicationShape,
};

/** The policy of parsed variables. `env` is where references are resolved. */
export function tenantPolicy(
  given: z.output<z.ZodObject<typeof policyShape>>,
  env: Environment,
): TenantPolicy {
  return {
    // A copy: the system is asked for each variable of `process.env`, and all are looked at for each secret.
    env: { ...env },
    sharedReferences: given.TIMELY_SYNC_SHARED_REFERENCES,
    secretsDir: given.TIMELY_SYNC_SECRETS_DIR,
    allowedHosts: given.TIMELY_SYNC_ALLOWED_HOSTS,
    webhookHosts: given.TIMELY_SYNC_WEBHOOK_HOSTS ?? null,
    entraApplication: sharedApplicationOf(given),
  };
}
