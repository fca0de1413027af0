import { expect, test } from '@jest/globals';
import { createEntraSource } from '../../../directory/entra/entra-source.ts';
import type { DirectoryPage } from '../../../directory/source.ts';
import { ConfigurationError, ContractError, CursorExpiredError } from '../../../domain/errors.ts';
import { failureText, rejection } from './failures.ts';
import { graphError, settingsFor, withMicrosoft } from './fake-microsoft.ts';
import { ada, collect } from './read-stream.ts';

test('throws a CursorExpiredError when the service refuses the cursor for any reason', () =>
  withMicrosoft(async (microsoft) => {
    const cursor = `${microsoft.origin}/v1.0/users/delta?$deltatoken=malformed`;
    for (const status of [400, 404, 410]) {
      microsoft.graph = () => ({ status, body: graphError('Request_BadRequest', 'Badly formed token.') });
      const error = await rejection(collect(microsoft, 'users', cursor));
      expect(error).toBeInstanceOf(CursorExpiredError);
      expect(failureText(error)).not.toContain('malformed');
    }
  }));

test('throws a ConfigurationError for an attribute that the service does not know', () =>
  withMicrosoft(async (microsoft) => {
    microsoft.graph = () => ({ status: 400, body: graphError('Request_BadRequest') });
    const refused = await rejection(collect(microsoft, 'users', null, { attributes: ['emploeeType'] }));
    expect(refused).toBeInstanceOf(ConfigurationError);
    expect(refused).toMatchObject({ message: expect.stringContaining('emploeeType') });
    expect(await rejection(collect(microsoft, 'users'))).toBeInstanceOf(ContractError);
  }));

test.each(['signInActivity', 'mail&$top=1', ''])(
  'refuses the attribute "%s" without a request',
  (attribute) =>
    withMicrosoft(async (microsoft) => {
      expect(await rejection(collect(microsoft, 'users', null, { attributes: [attribute] }))).toBeInstanceOf(
        ConfigurationError,
      );
      expect(microsoft.requests).toHaveLength(0);
    }),
);

test('gives cursors a scope of tracked properties, tenant and service, in any order of attributes', () =>
  withMicrosoft(async (microsoft) => {
    const source = createEntraSource(settingsFor(microsoft));
    const scope = source.cursorScope({ attributes: ['city', 'country'], managers: false });
    expect(source.cursorScope({ attributes: ['country', 'city'], managers: false })).toBe(scope);
    expect(source.cursorScope({ attributes: ['city'], managers: false })).not.toBe(scope);
    expect(source.cursorScope({ attributes: ['city', 'country'], managers: true })).not.toBe(scope);
    const plan = { attributes: ['city', 'country'], managers: false };
    for (const changes of [
      { tenantId: 'another' },
      { endpoints: { login: 'https://a', graph: 'https://a' } },
    ]) {
      expect(createEntraSource(settingsFor(microsoft, changes)).cursorScope(plan)).not.toBe(scope);
    }
  }));

test('continues an interrupted round at its place, and throws a CursorExpiredError when the place is refused', () =>
  withMicrosoft(async (microsoft) => {
    const link = (name: string) => `${microsoft.origin}/v1.0/users/delta?${name}`;
    const source = createEntraSource(settingsFor(microsoft));
    const place = { next: link('$skiptoken=7'), pages: 7 };
    const continueRound = async () => {
      const pages: DirectoryPage[] = [];
      for await (const page of source.read('users', null, { attributes: [], managers: false }, place))
        pages.push(page);
      return pages;
    };
    microsoft.graph = () => ({ body: { value: [ada], '@odata.deltaLink': link('$deltatoken=end') } });
    expect(await continueRound()).toMatchObject([{ next: null, nextCursor: link('$deltatoken=end') }]);
    expect(microsoft.requests.map(({ path }) => path)).toEqual(['/v1.0/users/delta?$skiptoken=7']);
    microsoft.graph = () => ({ status: 400, body: graphError('BadRequest') });
    expect(await rejection(continueRound())).toBeInstanceOf(CursorExpiredError);
  }));
