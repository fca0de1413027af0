/** What registers the sync in Entra ID with least rights, by the Azure CLI. */
import type { EntraAnswers } from '../../config/first-file/answers.ts';
import { secretName } from '../../config/first-file/tenant-text.ts';
import { type Shell, setVariable, withOnlyOwner, writeText } from './shell.ts';

type Known = Pick<EntraAnswers, 'tenant' | 'credential'>;

/** Microsoft Graph's own application, the same in every directory. */
const graphApplication = '00000003-0000-0000-c000-000000000000';

/** What the file that `init` writes needs; all of them only read (`check` says when a changed file needs others). */
const permissions = ['User.Read.All', 'GroupMember.Read.All', 'RoleManagement.Read.Directory'];

export function entraRegistration({ tenant, credential }: Known, shell: Shell): string[] {
  const app = shell === 'bash' ? '"$APP"' : '$App';
  return [
    createApp(tenant, shell),
    `az ad sp create --id ${app}`,
    addPermissions(shell),
    `az ad app permission admin-consent --id ${app}`,
    ...credentialCommands({ tenant, credential }, shell, app),
    'az account show --query tenantId --output tsv',
  ];
}

function createApp(tenant: string, shell: Shell): string {
  const create = `az ad app create --display-name "timely-directory-sync ${tenant}" --sign-in-audience AzureADMyOrg --query appId --output tsv`;
  return shell === 'bash' ? `APP=$(${create}); echo "$APP"` : `$App = ${create}; $App`;
}

function addPermissions(shell: Shell): string {
  const show = `az ad sp show --id ${graphApplication} --query`;
  const add = `az ad app permission add --api ${graphApplication}`;
  if (shell === 'bash')
    return `for permission in ${permissions.join(' ')}; do ${add} --id "$APP" --api-permissions "$(${show} "appRoles[?value=='$permission'].id | [0]" --output tsv)=Role"; done`;
  const list = permissions.map((permission) => `'${permission}'`).join(', ');
  return `foreach ($Permission in ${list}) { $Role = ${show} "appRoles[?value=='$Permission'].id" --output tsv; ${add} --id $App --api-permissions "$Role=Role" }`;
}

function credentialCommands({ tenant, credential }: Known, shell: Shell, app: string): string[] {
  const reset = `az ad app credential reset --id ${app} --append`;
  switch (credential) {
    case 'secret': {
      const make = `${reset} --display-name timely-sync --years 1 --query password --output tsv`;
      const value = shell === 'bash' ? `"$(${make})"` : `(${make})`;
      return [setVariable(shell, secretName(tenant, 'ENTRA_SECRET'), value)];
    }
    case 'certificate':
      return [
        `openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj "/CN=timely-sync ${tenant}" -keyout key.pem -out certificate.pem`,
        shell === 'bash' ? `${reset} --cert @certificate.pem` : `${reset} --cert "@certificate.pem"`,
        ...withOnlyOwner(
          shell,
          shell === 'bash'
            ? `cat certificate.pem key.pem > ${tenant}.pem`
            : `Get-Content certificate.pem, key.pem | Set-Content -Encoding ascii ${tenant}.pem`,
          `${tenant}.pem`,
        ),
      ];
    case 'federatedToken':
      return [
        writeText(shell, 'credential.json', `${federated}\n`),
        `az ad app federated-credential create --id ${app} --parameters credential.json`,
      ];
  }
}

const federated =
  '{"name": "timely-sync", "issuer": "ISSUER OF YOUR WORKLOADS", "subject": "SUBJECT OF THE WORKER", "audiences": ["api://AzureADTokenExchange"]}';
