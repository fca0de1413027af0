/** The tenant file that `init` writes: short, careful, and with what one would want to change next. */
import { ownPrefix } from '../../config/policy/secrets.ts';
import type { EntraAnswers, InitAnswers, OktaAnswers, SapAnswers } from './answers.ts';

/** Name of the environment variable that holds a secret of the tenant. */
export const secretName = (tenant: string, what: string) => `${ownPrefix(tenant)}${what}`;

export function tenantFileText(answers: InitAnswers): string {
  const { tenant, accountId, group, role } = answers;
  const secret = (what: string) => `env:${secretName(tenant, what)}`;
  return `# Made by timely-sync init. Every key is explained in docs/tenant-file.md; secrets are references, never values.

tenant: ${JSON.stringify(tenant)}

source:
${sourceText(answers)}
target:
  type: timely
  accountId: ${accountId}
  application:
    clientId: ${secret('TIMELY_CLIENT_ID')}
    clientSecret: ${secret('TIMELY_CLIENT_SECRET')}

scope:
  include:
    - group: ${JSON.stringify(group)}${answers.directory === 'okta' ? '' : ' # nested members count'}
    # - department: [Design, Engineering]

roles:
  default: ${JSON.stringify(role)}
  # rules:
  #   - {group: Timely Managers, role: manager}

# teams:
#   - fromDepartment: "*" # a team for each department in scope

safety:
  removals: {max: 10, percent: 10, windowDays: 7}
  firstCycle: {removals: hold}
${answers.directory === 'sap' ? sapSensitiveText : ''}
schedule:
  every: 5m
${notificationsText[answers.directory]}`;
}

const notificationsText = {
  entra: '  notifications: false # true needs Group.Read.All and a public address of the worker\n',
  okta: '  notifications: false # true needs source.eventHook and a public address of the worker (docs/okta.md)\n',
  sap: '  # SAP sends no notifications: changes are seen by polling\n',
};

const sapSensitiveText = `  sensitive:
    directoryRoles: false # SAP does not show who is an administrator: name a group of them
    # groups: [Directory Administrators]
`;

function sourceText(answers: InitAnswers): string {
  switch (answers.directory) {
    case 'entra':
      return entraText(answers);
    case 'okta':
      return oktaText(answers);
    case 'sap':
      return sapText(answers);
  }
}

const entraText = (answers: EntraAnswers) => `  type: entra
  tenantId: ${answers.directoryId}
  clientId: ${answers.clientId}
  credential: ${credentialText(answers)}
`;

function oktaText({ tenant, credential, domain, clientId, keyId }: OktaAnswers): string {
  const lines = [
    'type: okta',
    `domain: ${domain}`,
    ...(credential === 'privateKey'
      ? [`clientId: ${clientId}`, `credential: {privateKey: file:/run/secrets/${tenant}/okta.pem}`]
      : [`credential: {apiToken: env:${secretName(tenant, 'OKTA_TOKEN')}}`]),
    ...(keyId === '' ? [] : [`keyId: ${JSON.stringify(keyId)}`]),
    '# app: 0oa9z8y7x6w5v4u3t2s1 # the app whose assignments `assignedToApp: true` means',
    '# suspended: keep # somebody who is suspended stays as they are',
    `# eventHook: env:${secretName(tenant, 'OKTA_HOOK')} # what the event hook sends in Authorization`,
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}

function sapText({ tenant, credential, host, clientId }: SapAnswers): string {
  const lines = [
    'type: sap',
    `host: ${host}`,
    ...(credential === 'certificate'
      ? [
          `credential: {certificate: file:/run/secrets/${tenant}/sap.pem} # PEM with certificate and private key`,
        ]
      : [
          `clientId: ${JSON.stringify(clientId)}`,
          `credential: {secret: env:${secretName(tenant, 'SAP_SECRET')}}`,
        ]),
    '# requestsPerMinute: 120 # of the tenant, over all workers',
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}

function credentialText({ tenant, credential }: EntraAnswers): string {
  switch (credential) {
    case 'secret':
      return `{secret: env:${secretName(tenant, 'ENTRA_SECRET')}}`;
    case 'certificate':
      return `{certificate: file:/run/secrets/${tenant}/entra.pem}`;
    case 'federatedToken':
      return '{federatedToken: file:/var/run/secrets/azure/token}';
  }
}
