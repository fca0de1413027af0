/**
 * Which hosts and addresses the requests of a tenant may reach, by the worker's policy. An address that is not public is
 * reached only when it is listed itself, or as `localhost`: who controls a name controls what it resolves to.
 */
import { BlockList, isIP } from 'node:net';
import type { ConnectionRules, Host } from '../../domain/connection-rules.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { isPublicAddress } from './public-address.ts';
import type { ListedHost, TenantPolicy } from './tenant-policy.ts';

/**
 * The vendors' own hosts, which need no entry: sign-in and Graph of each of Microsoft's clouds
 * (docs/reference/microsoft-graph.md section 7.4), Timely (docs/reference/timely-api.md section 1), and below them Okta's
 * orgs and SAP's tenants (docs/reference/okta-and-sap.md sections 1.2 and 2.2). A custom domain needs an entry.
 */
const vendorHosts = [
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
  'graph.microsoft.com',
  'graph.microsoft.us',
  'dod-graph.microsoft.us',
  'microsoftgraph.chinacloudapi.cn',
  'api.timelyapp.com',
];
const vendorDomains = [
  ...['okta.com', 'oktapreview.com', 'okta-emea.com', 'okta-gov.com', 'okta.mil'],
  ...['accounts.ondemand.com', 'accounts.cloud.sap'],
];

export interface HostRules extends ConnectionRules {
  /** Whether every tenant may send requests there, so that secrets of all tenants may go there too. */
  isForAll(host: Host): boolean;
}

/** The rules for endpoints: the vendors' hosts and those of TIMELY_SYNC_ALLOWED_HOSTS. */
export function endpointRules(policy: TenantPolicy, tenant: string): HostRules {
  const listed = ofTenant(policy.allowedHosts, tenant);
  const isForAll = (host: Host) =>
    isVendor(host) || listed.some((entry) => entry.tenant === null && matches(entry, host));
  const hasOwnEntries = listed.some((entry) => entry.tenant !== null);
  return {
    tenant,
    isForAll,
    // Other names may never be answered, and would keep each other waiting.
    sharedBy: (host) =>
      !hasOwnEntries && (isVendor(host) || (host.name === 'localhost' && isForAll(host))) ? policy : null,
    refuseHost(host) {
      if (isVendor(host) || listed.some((entry) => matches(entry, host))) return null;
      return new ConfigurationError(`Requests of tenant ${tenant} may not go to ${shown(host)}.`, {
        remedy: toAllow(shown(host), tenant, 'TIMELY_SYNC_ALLOWED_HOSTS'),
      });
    },
    refuseAddress(host, address) {
      if (isPublicAddress(address) || isListedAddress(listed, host, address)) return null;
      const place = shown({ name: address, port: host.port });
      return new ConfigurationError(
        `Requests of tenant ${tenant} may not go to ${shown(host)}, because it is at ${address}, which is not a public address.`,
        { remedy: toAllow(place, tenant, 'TIMELY_SYNC_ALLOWED_HOSTS') },
      );
    },
  };
}

/** The rules for webhooks. Messages do not name the host, because the address of a webhook is a secret. */
export function webhookRules(policy: TenantPolicy, tenant: string): ConnectionRules {
  const restricted = policy.webhookHosts && ofTenant(policy.webhookHosts, tenant);
  const listed = [...(restricted ?? []), ...ofTenant(policy.allowedHosts, tenant)];
  const setting = restricted ? 'TIMELY_SYNC_WEBHOOK_HOSTS' : 'TIMELY_SYNC_ALLOWED_HOSTS';
  return {
    tenant,
    sharedBy: () => null,
    refuseHost(host) {
      if (restricted === null || restricted.some((entry) => matches(entry, host))) return null;
      return new ConfigurationError(`Messages of tenant ${tenant} may not go to the host of this webhook.`, {
        remedy: toAllow('its host', tenant, 'TIMELY_SYNC_WEBHOOK_HOSTS'),
      });
    },
    refuseAddress(host, address) {
      if (isPublicAddress(address) || isListedAddress(listed, host, address)) return null;
      const place = shown({ name: address, port: host.port });
      return new ConfigurationError(
        `Messages of tenant ${tenant} may not go to this webhook: its host is at ${address}, which is not a public address.`,
        { remedy: toAllow(place, tenant, setting) },
      );
    },
  };
}

const toAllow = (place: string, tenant: string, setting: string) =>
  `If this is right, add ${place} to ${setting} (with @${tenant} behind it for this tenant alone) and restart the workers.`;

const ofTenant = (entries: readonly ListedHost[], tenant: string) =>
  entries.filter((entry) => entry.tenant === null || entry.tenant === tenant);

const isVendor = ({ name, port }: Host) =>
  port === 443 && (vendorHosts.includes(name) || vendorDomains.some((domain) => name.endsWith(`.${domain}`)));

function matches({ kind, name, port }: ListedHost, host: Host): boolean {
  if (port !== null && port !== host.port) return false;
  if (kind === 'host') return name === host.name;
  return kind === 'subdomains' && isIP(host.name) === 0 && host.name.endsWith(`.${name}`);
}

function isListedAddress(listed: readonly ListedHost[], host: Host, address: string): boolean {
  return listed.some((entry) => {
    if (entry.kind === 'network') return networkOf(entry).check(address, familyOf(address));
    if (matches(entry, { name: address, port: host.port })) return true;
    return entry.name === 'localhost' && matches(entry, host) && loopback.check(address, familyOf(address));
  });
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function networkOf({ name, prefix }: ListedHost): BlockList {
  const network = new BlockList();
  network.addSubnet(name, prefix, familyOf(name));
  return network;
}

/** As TIMELY_SYNC_ALLOWED_HOSTS takes it. */
function shown({ name, port }: Host): string {
  const host = isIP(name) === 6 ? `[${name}]` : name;
  return port === 443 ? host : `${host}:${port}`;
}
