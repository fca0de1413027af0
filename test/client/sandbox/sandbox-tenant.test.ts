import { expect, test } from '@jest/globals';
import { contosoReferences } from '../../../client/local/contoso-variables.ts';
import { sandboxTenantFile, withConsole } from '../../../client/sandbox/sandbox-tenant.ts';
import { readTenantFile } from '../../../client/tenant-file.ts';
import { contoso } from '../../../simulators/contoso.ts';

test.each([
  ['microsoft', undefined],
  ['okta', contoso.okta.signInClientId],
  ['sap', contoso.sap.signInClientId],
] as const)(
  'names who decides in the sandbox of %s, and what the simulator knows',
  async (directory, clientId) => {
    const before = await readTenantFile(sandboxTenantFile(directory));
    const file = withConsole(before, directory);
    expect(file.source).toEqual(before.source);
    expect(file.approvals.who).toContain('amelie.roth@contoso.example');
    expect(file.console.signIn?.clientId).toBe(clientId);
    const named = JSON.stringify(file).match(/env:\w+/g) ?? [];
    expect(
      named.map((reference) => reference.slice(4)).filter((name) => !contosoReferences.includes(name)),
    ).toEqual([]);
  },
);
