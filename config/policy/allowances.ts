/** The settings with which a worker allows exactly what some tenant files name, for `up`. */
import { hostOf } from '../../domain/connection-rules.ts';
import type { TenantFile } from '../tenant-file.ts';
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
  const { tenant, source, target, notify } = file;
  const { application, initialRefreshToken, endpoint } = target;
  const directory = ofSource(source);
  const endpoints = [...directory.endpoints, endpoint].filter(isGiven);
  const webhooks = notify.flatMap(({ teams, slack, webhook }) => [teams, slack, webhook].filter(isGiven));
  const secrets = [
    ...[...directory.secrets, application.clientId, application.clientSecret],
    ...[initialRefreshToken, ...notify.map(({ key }) => key)],
  ].filter(isGiven);
  const references = [...secrets, ...endpoints, ...webhooks].filter((text) => !text.startsWith('https://'));
  const policy: TenantPolicy = {
    env,
    sharedReferences: references.map((reference) => ({ reference, tenant })),
    secretsDir: '/run/secrets',
    allowedHosts: [],
    webhookHosts: null,
  };
  const hostsOf = async (addresses: string[]) =>
    (await Promise.all(addresses.map((address) => hostText(address, tenant, policy)))).flat();
  return {
    references: unique(references.map((reference) => `${reference}@${tenant}`)),
    hosts: unique(await hostsOf(endpoints)),
    webhookHosts: unique(await hostsOf(webhooks)),
  };
}

/** What the file names for its directory. */
function ofSource(source: TenantFile['source']): Record<'secrets' | 'endpoints', (string | undefined)[]> {
  switch (source.type) {
    case 'entra': {
      const { secret, certificate, federatedToken } = source.credential;
      return {
        secrets: [secret, certificate, federatedToken],
        endpoints: [source.endpoints?.login, source.endpoints?.graph],
      };
    }
    case 'okta': {
      const { privateKey, apiToken } = source.credential;
      const { domain, endpoint = `https://${domain}` } = source;
      return { secrets: [privateKey, apiToken, source.eventHook], endpoints: [endpoint] };
    }
    case 'sap': {
      const { certificate, secret } = source.credential;
      const { host, endpoint = `https://${host}` } = source;
      return { secrets: [certificate, secret], endpoints: [endpoint] };
    }
  }
}

const isGiven = (text: string | undefined): text is string => text !== undefined;
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
