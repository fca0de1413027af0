import { describe, expect, test } from '@jest/globals';
import { allowancesOf } from '../../config/policy/allowances.ts';
import { endpointRules } from '../../config/policy/host-rules.ts';
import { validateTenantFile } from '../../config/tenant-file.ts';
import { ConfigurationError } from '../../domain/errors.ts';
import { fileWith, problems } from './file-with-source.ts';
import { policyOf } from './policy.ts';

const certificate = 'file:/run/secrets/contoso/sap.pem';
const sap = { type: 'sap', host: 'contoso.accounts.ondemand.com', credential: { certificate } };
const bySecret = { ...sap, clientId: '5f1c0a9e-2b3d', credential: { secret: 'env:TENANT_CONTOSO_SAP' } };

describe('a tenant file for SAP', () => {
  test('takes a certificate, or client id and secret, and 120 requests a minute', () => {
    expect(fileWith(sap).source).toEqual({ ...sap, requestsPerMinute: 120 });
    expect(fileWith(bySecret).source).toEqual({ ...bySecret, requestsPerMinute: 120 });
    const file = fileWith({ ...sap, requestsPerMinute: 30 });
    expect(validateTenantFile(JSON.parse(JSON.stringify(file)))).toEqual(file);
  });

  test('may name any attribute under `where`, also by its whole URN', () => {
    const scope = { include: [{ where: { costCenter: '4130', 'urn:contoso:hr:1.0:User:floor': ['3'] } }] };
    expect(fileWith(sap, scope).scope.include[0]?.where).toEqual({
      costCenter: ['4130'],
      'urn:contoso:hr:1.0:User:floor': ['3'],
    });
  });

  test.each([
    [{ ...sap, host: 'https://contoso.accounts.ondemand.com' }, 'source.host: must be a host such as'],
    [{ ...sap, credential: {} }, 'source.credential: must have exactly one of certificate, secret'],
    [{ ...sap, credential: { secret: 'env:S' } }, 'source.clientId: is missing'],
    [{ ...sap, clientId: 'a1' }, 'source.clientId: belongs to a secret'],
    [{ ...bySecret, credential: { secret: 'hunter2' } }, 'source.credential.secret: is a secret'],
    [{ ...sap, requestsPerMinute: 0 }, 'source.requestsPerMinute'],
    [{ ...sap, requestPerMinute: 60 }, 'did you mean "requestsPerMinute"?'],
    [{ ...sap, endpoint: 'http://localhost:8446' }, 'source.endpoint: must be an https:// address'],
  ])('refuses %j', (source, problem) => {
    expect(problems(source)).toContain(problem);
    expect(problems(source)).not.toContain('hunter2');
  });

  test('refuses assignedToApp in any line', () => {
    const scope = { include: [{ everyone: true }], exclude: [{ assignedToApp: true }] };
    expect(problems(sap, scope)).toContain(
      'scope.exclude 1 assignedToApp: SAP does not show who is assigned',
    );
  });
});

test('SAP’s own hosts need no entry, and others do', () => {
  const { refuseHost } = endpointRules(policyOf(), 'contoso');
  for (const name of ['contoso.accounts.ondemand.com', 'contoso.accounts.cloud.sap'])
    expect(refuseHost({ name, port: 443 })).toBeNull();
  for (const name of ['accounts.ondemand.com.evil.example', 'login.contoso.example'])
    expect(refuseHost({ name, port: 443 })).toBeInstanceOf(ConfigurationError);
});

test('`up` allows the certificate and the host of the file', async () => {
  const file = fileWith({ ...sap, endpoint: 'https://localhost:8446' });
  const { references, hosts } = await allowancesOf([file], {});
  expect(references).toContain(`${certificate}@${file.tenant}`);
  expect(hosts).toContain(`localhost:8446@${file.tenant}`);
});
