/** Secrets and addresses that a tenant file names, by what they are for. */
import type { TenantFile } from '../tenant-file.ts';

/** Secrets are references. An endpoint is an address or a reference to one. */
export interface NamedReferences {
  secrets: string[];
  endpoints: string[];
  /** Secrets without which the rest works, for a time or always. */
  optional: string[];
}

/** What the file names for its directory, for Timely, for its channels and for signing in to the console. */
export function namedIn(
  file: TenantFile,
): Record<'directory' | 'timely' | 'notify' | 'console', NamedReferences> {
  const { source, target, notify } = file;
  const { issuer, clientSecret } = file.console.signIn ?? {};
  const { application, initialRefreshToken, endpoint } = target;
  return {
    directory: ofSource(source),
    timely: {
      secrets: [application.clientId, application.clientSecret],
      endpoints: [endpoint].filter(isGiven),
      // Used once: then the store has its successors.
      optional: [initialRefreshToken].filter(isGiven),
    },
    notify: {
      secrets: notify.map(({ key }) => key).filter(isGiven),
      endpoints: notify.flatMap(({ teams, slack, webhook }) => [teams, slack, webhook].filter(isGiven)),
      optional: [],
    },
    // The sync itself works without it.
    console: {
      secrets: [],
      endpoints: [issuer].filter(isGiven),
      optional: [clientSecret].filter(isGiven),
    },
  };
}

function ofSource(source: TenantFile['source']): NamedReferences {
  switch (source.type) {
    case 'entra': {
      const { secret, certificate, federatedToken } = source.credential ?? {};
      return {
        secrets: [secret, certificate, federatedToken].filter(isGiven),
        endpoints: [source.endpoints?.login, source.endpoints?.graph].filter(isGiven),
        optional: [],
      };
    }
    case 'okta': {
      const { privateKey, apiToken } = source.credential;
      const { domain, endpoint = `https://${domain}` } = source;
      return {
        secrets: [privateKey, apiToken].filter(isGiven),
        endpoints: [endpoint],
        optional: [source.eventHook].filter(isGiven),
      };
    }
    case 'sap': {
      const { certificate, secret } = source.credential;
      const { host, endpoint = `https://${host}` } = source;
      return { secrets: [certificate, secret].filter(isGiven), endpoints: [endpoint], optional: [] };
    }
  }
}

const isGiven = (text: string | undefined): text is string => text !== undefined;
