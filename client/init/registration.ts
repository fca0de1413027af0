/** What registers the sync with least rights: Azure CLI for Entra ID, Terraform for Okta, console and openssl for SAP. */
import type { BeforeRegistration, EntraAnswers } from './answers.ts';
import { oktaRegistration } from './okta-registration.ts';
import { sapRegistration } from './sap-registration.ts';
import { secretName } from './tenant-text.ts';

/** Microsoft Graph's own application, the same in every directory. */
const graphApplication = '00000003-0000-0000-c000-000000000000';

/** What the file that `init` writes needs; all of them only read (`check` says when a changed file needs others). */
const permissions = ['User.Read.All', 'GroupMember.Read.All', 'RoleManagement.Read.Directory'];

const headings = {
  entra: 'Register the application, as an administrator of Entra ID with the Azure CLI:',
  okta: 'Register the service app, as a super administrator of Okta: in the admin console as docs/okta.md says, or with Terraform:',
  sap: 'Create the system in the administration console of SAP, as an administrator of the tenant:',
};
export const registrationHeading = ({ directory }: Pick<BeforeRegistration, 'directory'>): string =>
  headings[directory];

export function registrationCommands(known: BeforeRegistration): string[] {
  switch (known.directory) {
    case 'entra':
      return entraRegistration(known);
    case 'okta':
      return oktaRegistration(known);
    case 'sap':
      return sapRegistration(known);
  }
}

function entraRegistration({ tenant, credential }: Pick<EntraAnswers, 'tenant' | 'credential'>): string[] {
  return [
    `APP=$(az ad app create --display-name "timely-directory-sync ${tenant}" --sign-in-audience AzureADMyOrg --query appId --output tsv); echo "$APP"`,
    'az ad sp create --id "$APP"',
    `for permission in ${permissions.join(' ')}; do az ad app permission add --id "$APP" --api ${graphApplication} --api-permissions "$(az ad sp show --id ${graphApplication} --query "appRoles[?value=='$permission'].id | [0]" --output tsv)=Role"; done`,
    'az ad app permission admin-consent --id "$APP"',
    ...credentialCommands(tenant, credential),
    'az account show --query tenantId --output tsv',
  ];
}

function credentialCommands(tenant: string, credential: EntraAnswers['credential']): string[] {
  switch (credential) {
    case 'secret':
      return [
        `export ${secretName(tenant, 'ENTRA_SECRET')}="$(az ad app credential reset --id "$APP" --append --display-name timely-sync --years 1 --query password --output tsv)"`,
      ];
    case 'certificate':
      return [
        `openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj "/CN=timely-sync ${tenant}" -keyout key.pem -out certificate.pem`,
        'az ad app credential reset --id "$APP" --append --cert @certificate.pem',
        `cat certificate.pem key.pem > ${tenant}.pem`,
      ];
    case 'federatedToken':
      return [
        'az ad app federated-credential create --id "$APP" --parameters \'{"name": "timely-sync", "issuer": "ISSUER OF YOUR WORKLOADS", "subject": "SUBJECT OF THE WORKER", "audiences": ["api://AzureADTokenExchange"]}\'',
      ];
  }
}
