import { ConfigurationError } from '../../../domain/errors.ts';

/** Microsoft's clouds; an application and its tokens belong to exactly one of them. */
export type Cloud = 'global' | 'usgov' | 'usgov-dod' | 'china';

/** Where to sign in, where to read, and what to ask a token for. */
export interface Endpoints {
  /** Origin of the sign-in service. */
  login: string;
  /** Origin of Microsoft Graph: the only one that is ever sent a token. */
  graph: string;
  scope: string;
  /** What a managed identity asks a token for that stands in for a client secret. */
  exchangeScope: string;
  /** Whether Microsoft's own directory of sign-in hosts vouches for `login`. */
  loginIsMicrosoft: boolean;
}

/**
 * Hosts: docs/reference/microsoft-graph.md section 7.4. Audiences of federated credentials: "Configure an application
 * to trust a managed identity" (MicrosoftDocs/entra-docs), which names one for each cloud.
 */
const clouds: Record<Cloud, { login: string; graph: string; exchange: string }> = {
  global: {
    login: 'https://login.microsoftonline.com',
    graph: 'https://graph.microsoft.com',
    exchange: 'api://AzureADTokenExchange',
  },
  usgov: {
    login: 'https://login.microsoftonline.us',
    graph: 'https://graph.microsoft.us',
    exchange: 'api://AzureADTokenExchangeUSGov',
  },
  'usgov-dod': {
    login: 'https://login.microsoftonline.us',
    graph: 'https://dod-graph.microsoft.us',
    exchange: 'api://AzureADTokenExchangeUSGov',
  },
  china: {
    login: 'https://login.partner.microsoftonline.cn',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    exchange: 'api://AzureADTokenExchangeChina',
  },
};

/**
 * The endpoints of a cloud, or those given in their place. The scope stays the cloud's: a token is for Microsoft Graph,
 * whichever way leads there.
 * @throws ConfigurationError when a given endpoint is not a plain https origin
 */
export function endpointsOf(cloud: Cloud, custom?: { login: string; graph: string }): Endpoints {
  const own = clouds[cloud];
  const login = custom ? originOf(custom.login, 'login') : own.login;
  const graph = custom ? originOf(custom.graph, 'graph') : own.graph;
  const loginIsMicrosoft = Object.values(clouds).some((each) => each.login === login);
  const [scope, exchangeScope] = [`${own.graph}/.default`, `${own.exchange}/.default`];
  return { login, graph, scope, exchangeScope, loginIsMicrosoft };
}

function originOf(text: string, name: 'login' | 'graph'): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  // The Graph SDK takes the first part of the path for the version, so that a path in front of it would be lost.
  if (url?.protocol !== 'https:' || url.pathname !== '/' || url.search || url.username) {
    throw new ConfigurationError(`The endpoint "${name}" is not a plain https address.`, {
      remedy: `Write endpoints.${name} as https://host or https://host:port, without a path.`,
    });
  }
  return url.origin;
}
