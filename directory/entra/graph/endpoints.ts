import { ConfigurationError } from '../../../domain/errors.ts';

/** Microsoft's clouds; an application and its tokens belong to exactly one of them. */
export type Cloud = 'global' | 'usgov' | 'usgov-dod' | 'china';

/** Where to sign in, where to read, and the scopes of the tokens. */
export interface Endpoints {
  /** Origin of the sign-in service. */
  login: string;
  /** Origin of Microsoft Graph: the only one that tokens are sent to. */
  graph: string;
  scope: string;
  /** Scope of the token that a managed identity uses in place of a client secret. */
  exchangeScope: string;
  /** Whether Microsoft's own directory of sign-in hosts vouches for `login`. */
  loginIsMicrosoft: boolean;
}

/**
 * Hosts: docs/reference/microsoft-graph.md section 7.4. Audiences of federated credentials: "Configure an application
 * to trust a managed identity" (MicrosoftDocs/entra-docs), which names one per cloud.
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
 * The endpoints of a cloud, or the custom ones in their place. The scope stays the cloud's: the token is for Microsoft
 * Graph, behind a proxy or not.
 * @throws ConfigurationError when a custom endpoint is not a plain https origin
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
  // The Graph SDK reads the first part of the path as the version, so an own path would be lost.
  if (url?.protocol !== 'https:' || url.pathname !== '/' || url.search || url.username) {
    throw new ConfigurationError(`The endpoint "${name}" is not a plain https address.`, {
      remedy: `Write endpoints.${name} as https://host or https://host:port, without a path.`,
    });
  }
  return url.origin;
}
