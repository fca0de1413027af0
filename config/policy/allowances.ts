/** The settings with which a worker allows exactly what some tenant files name, for `up`. */
import { hostOf } from '../../domain/connection-rules.ts';
import type { TenantFile } from '../tenant-file.ts';
import { namedIn } from './named-references.ts';
import { grantOf } from './secrets.ts';
import type { TenantPolicy } from './tenant-policy.ts';

/** Lists as the variables take them. */
export interface Allowances {
  references: string[];
  hosts: string[];
  webhookHosts: string[];
}

/**
 * What the files name, each entry for the tenant of its file alone. `env` has what their references name; the host behind
 * one that cannot be read is left out.
 */
export async function allowancesOf(
  files: readonly TenantFile[],
  env: TenantPolicy['env'],
): Promise<Allowances> {
  const each = await Promise.all(files.map((file) => allowancesOfOne(file, env)));
  return {
    references: each.flatMap(({ references }) => references),
    hosts: each.flatMap(({ hosts }) => hosts),
    webhookHosts: each.flatMap(({ webhookHosts }) => webhookHosts),
  };
}

async function allowancesOfOne(file: TenantFile, env: TenantPolicy['env']): Promise<Allowances> {
  const { tenant } = file;
  const { directory, timely, notify, console } = namedIn(file);
  const endpoints = [...directory.endpoints, ...timely.endpoints, ...console.endpoints];
  const webhooks = notify.endpoints;
  const secrets = [directory, timely, notify, console].flatMap((named) => [
    ...named.secrets,
    ...named.optional,
  ]);
  const references = [...secrets, ...endpoints, ...webhooks].filter((text) => /^(env|file):/.test(text));
  const policy: TenantPolicy = {
    env,
    sharedReferences: references.map((reference) => ({ reference, tenant })),
    secretsDir: '/run/secrets',
    allowedHosts: [],
    webhookHosts: null,
    entraApplication: null,
  };
  const hostsOf = async (addresses: string[]) =>
    (await Promise.all(addresses.map((address) => hostText(address, tenant, policy)))).flat();
  return {
    references: unique(references.map((reference) => `${reference}@${tenant}`)),
    hosts: unique(await hostsOf(endpoints)),
    webhookHosts: unique(await hostsOf(webhooks)),
  };
}

const unique = (texts: string[]) => [...new Set(texts)];

/** Empty for an address that cannot be resolved: the worker will say so. */
async function hostText(address: string, tenant: string, policy: TenantPolicy): Promise<string[]> {
  const isReference = !address.startsWith('https://');
  const read = async () => await grantOf(address, { tenant, nested: [] }, policy).read();
  const text = isReference ? await read().catch(() => '') : address;
  if (!text.startsWith('https://') || !URL.canParse(text)) return [];
  const { hostname } = new URL(text);
  return [`${hostname}:${hostOf(new URL(text)).port}@${tenant}`];
}
