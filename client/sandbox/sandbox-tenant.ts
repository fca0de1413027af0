/** The sandbox's tenant: its file, with what the console needs: who decides, who looks on, and where messages go. */
import { join } from 'node:path';
import { type TenantFile, validateTenantFile } from '../../config/tenant-file.ts';
import { projectFolder } from '../local/project-folder.ts';
import type { DirectoryName } from './edits.ts';

/** They are in each of the simulated directories. */
export const sandboxDecider = { name: 'Amelie Roth', address: 'amelie.roth@contoso.example' } as const;
export const sandboxOperator = { name: 'Henrik Lund', address: 'henrik.lund@contoso.example' } as const;

const fileNames: Record<DirectoryName, string> = {
  microsoft: 'contoso.yaml',
  okta: 'contoso-okta.yaml',
  sap: 'contoso-sap.yaml',
};

/** The name of its file, by its directory. */
export const sandboxTenantFile = (directory: DirectoryName = 'microsoft'): string =>
  join(projectFolder(), 'tenants', fileNames[directory]);

/** Okta and SAP need an application that people sign in to; with Microsoft the sync's own one serves. */
const signInOf: Record<DirectoryName, object> = {
  microsoft: {},
  okta: {
    signIn: { clientId: '0oa5s4i3g2n1i0n9w8e7', clientSecret: 'env:TENANT_CONTOSO_OKTA_SIGN_IN_SECRET' },
  },
  sap: {
    signIn: {
      clientId: 'c0450e2e-5161-4e1a-9d0c-5a1b2c3d4e5f',
      clientSecret: 'env:TENANT_CONTOSO_SAP_SIGN_IN_SECRET',
    },
  },
};

/** Returns the file with these settings. All messages arrive in the sandbox's mailbox. */
export function withConsole(file: TenantFile, directory: DirectoryName = 'microsoft'): TenantFile {
  const who = [sandboxDecider.address, 'group:Timely Managers'];
  const extended = {
    ...file,
    approvals: { ...file.approvals, who },
    console: { ...signInOf[directory], viewers: ['group:Helpdesk Operators'] },
    notify: [
      { email: [sandboxDecider.address] },
      { teams: 'env:TENANT_CONTOSO_TEAMS_WEBHOOK' },
      { slack: 'env:TENANT_CONTOSO_SLACK_WEBHOOK' },
    ],
  };
  return validateTenantFile(extended);
}
