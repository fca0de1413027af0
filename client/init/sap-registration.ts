/** What creates the sync's system in SAP with least rights (docs/reference/okta-and-sap.md section 2.6). */
import type { SapAnswers } from '../../config/first-file/answers.ts';
import { secretName } from '../../config/first-file/tenant-text.ts';
import { type Shell, setVariable, withOnlyOwner } from './shell.ts';

export function sapRegistration(
  { tenant, host, credential }: Pick<SapAnswers, 'tenant' | 'host' | 'credential'>,
  shell: Shell,
): string[] {
  return [
    `# At https://${host}/admin: Users & Authorizations, Administrators, Add, System. Name it "timely-sync ${tenant}".`,
    '# Configure Authorizations: switch on "Read Users" and "Manage Groups", and no other. The sync never writes to groups.',
    ...(credential === 'certificate' ? certificateSteps(tenant, shell) : secretSteps(tenant, shell)),
  ];
}

/** The console makes the certificate, because SAP takes none from an authority that it does not trust. */
const certificateSteps = (tenant: string, shell: Shell) => [
  `# Certificate: let the console make one. Save it as ${tenant}-sap.p12; openssl asks for its password:`,
  ...withOnlyOwner(
    shell,
    `openssl pkcs12 -in ${tenant}-sap.p12 -clcerts -nodes -out ${tenant}-sap.pem`,
    `${tenant}-sap.pem`,
  ),
  `openssl x509 -in ${tenant}-sap.pem -noout -subject -issuer -enddate`,
];

const secretSteps = (tenant: string, shell: Shell) => [
  '# Client ID and Secret: Add. Note when the secret ends, because SAP does not tell the sync. Then, for the worker:',
  setVariable(shell, secretName(tenant, 'SAP_SECRET'), "'what SAP shows once'"),
];
