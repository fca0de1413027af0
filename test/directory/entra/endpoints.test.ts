import { expect, test } from '@jest/globals';
import { endpointsOf } from '../../../directory/entra/graph/endpoints.ts';
import { ConfigurationError } from '../../../domain/errors.ts';

test.each([
  ['global', 'https://login.microsoftonline.com', 'https://graph.microsoft.com', ''],
  ['usgov', 'https://login.microsoftonline.us', 'https://graph.microsoft.us', 'USGov'],
  ['usgov-dod', 'https://login.microsoftonline.us', 'https://dod-graph.microsoft.us', 'USGov'],
  ['china', 'https://login.partner.microsoftonline.cn', 'https://microsoftgraph.chinacloudapi.cn', 'China'],
] as const)('the cloud %s has its own hosts and matching scopes', (cloud, login, graph, suffix) => {
  const scope = `${graph}/.default`;
  const exchangeScope = `api://AzureADTokenExchange${suffix}/.default`;
  expect(endpointsOf(cloud)).toEqual({ login, graph, scope, exchangeScope, loginIsMicrosoft: true });
});

test("custom endpoints replace the hosts but not the scopes, and do not count as Microsoft's", () => {
  const custom = { login: 'https://localhost:8443/', graph: 'https://localhost:8444' };
  expect(endpointsOf('usgov', custom)).toEqual({
    login: 'https://localhost:8443',
    graph: 'https://localhost:8444',
    scope: 'https://graph.microsoft.us/.default',
    exchangeScope: 'api://AzureADTokenExchangeUSGov/.default',
    loginIsMicrosoft: false,
  });
});

test.each([
  'http://localhost:8443',
  'https://proxy.example/graph',
  'https://user@proxy.example',
  'localhost:8443',
  '',
])('the endpoint "%s" is refused, with what to write instead', (graph) => {
  const refused = () => endpointsOf('global', { login: 'https://localhost', graph });
  expect(refused).toThrow(ConfigurationError);
  expect(refused).toThrow(expect.objectContaining({ remedy: expect.stringContaining('endpoints.graph') }));
});
