import { describe, expect, test } from '@jest/globals';
import { validateTenantFile } from '../../config/tenant-file.ts';
import { fileWith, problems } from './file-with-source.ts';

const okta = {
  type: 'okta',
  domain: 'contoso.okta.com',
  clientId: '0oa1b2c3d4e5f6g7h8i9',
  credential: { privateKey: 'file:/run/secrets/contoso/okta.pem' },
};

describe('a tenant file for Okta', () => {
  test('takes a private key or an API token, and its defaults', () => {
    expect(fileWith(okta).source).toEqual({ ...okta, suspended: 'remove' });
    const { domain } = okta;
    const token = { type: 'okta', domain, credential: { apiToken: 'env:TENANT_CONTOSO_OKTA_TOKEN' } };
    expect(fileWith(token).source).toEqual({ ...token, suspended: 'remove' });
    expect(fileWith({ ...okta, domain: 'Contoso.Okta.com' }).source).toMatchObject({ domain });
  });

  test('stays the same when it is validated again', () => {
    const file = fileWith({ ...okta, app: '0oa9z8y7x6w5v4u3t2s1', hireDate: 'startDate', keyId: 'K1' });
    expect(validateTenantFile(JSON.parse(JSON.stringify(file)))).toEqual(file);
  });

  test('may name any attribute of the profile under `where`', () => {
    const scope = { include: [{ where: { favouriteColour: 'blue', EMPLOYEETYPE: ['a', 'b'] } }] };
    expect(fileWith(okta, scope).scope.include[0]?.where).toEqual({
      favouriteColour: ['blue'],
      EMPLOYEETYPE: ['a', 'b'],
    });
  });

  const privateKey = 'file:/k.pem';
  test.each([
    [{ ...okta, domain: 'https://contoso.okta.com/' }, 'source.domain: must be a host such as'],
    [{ ...okta, domain: 'contoso' }, 'source.domain: must be a host such as'],
    [{ ...okta, credential: {} }, 'source.credential: must have exactly one of privateKey, apiToken'],
    [
      { ...okta, credential: { privateKey, apiToken: 'env:T' } },
      'source.credential: must have exactly one of privateKey, apiToken',
    ],
    [{ ...okta, credential: { apiToken: 'env:T' } }, 'leave out clientId and keyId'],
    [{ ...okta, credential: { apiToken: '00abc' } }, 'source.credential.apiToken: is a secret'],
    [{ type: 'okta', domain: 'x.okta.com', credential: { privateKey } }, 'source.clientId: is missing'],
    [{ ...okta, eventhook: 'env:HOOK' }, 'unknown key "eventhook", did you mean "eventHook"?'],
    [{ ...okta, tenantId: 'contoso.example' }, 'unknown key "tenantId"'],
    [{ ...okta, suspended: 'ignore' }, 'source.suspended: must be remove | keep'],
    [{ ...okta, endpoint: 'http://localhost:8445' }, 'source.endpoint: must be an https:// address'],
    [{ ...okta, type: 'okra' }, 'source.type: must be entra | okta | sap, did you mean "okta"?'],
    [{ domain: 'contoso.okta.com' }, 'source.type: is missing, must be entra | okta | sap'],
    ['okta', 'source: must be a mapping of keys'],
  ])('is refused for %j', (source, problem) => {
    expect(problems(source)).toContain(problem);
  });

  test('is refused for assignments without the app that they are of', () => {
    const scope = { include: [{ group: 'A' }], exclude: [{ assignedToApp: true }] };
    expect(problems(okta, scope)).toContain('scope.exclude 1 assignedToApp: needs source.app');
    expect(problems({ ...okta, app: '0oa9z8y7x6w5v4u3t2s1' }, scope)).toBe('');
  });
});
