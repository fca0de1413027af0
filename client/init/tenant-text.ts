/** The tenant file that `init` writes: short, careful, and with what one would want to change next. */
import { ownPrefix } from '../../config/policy/secrets.ts';
import type { InitAnswers } from './answers.ts';

/** Name of the environment variable that holds a secret of the tenant. */
export const secretName = (tenant: string, what: string) => `${ownPrefix(tenant)}${what}`;

export function tenantFileText(answers: InitAnswers): string {
  const { tenant, directoryId, clientId, accountId, group, role } = answers;
  const secret = (what: string) => `env:${secretName(tenant, what)}`;
  return `# Made by timely-sync init. Every key is explained in docs/tenant-file.md; secrets are references, never values.

tenant: ${JSON.stringify(tenant)}

source:
  type: entra
  tenantId: ${directoryId}
  clientId: ${clientId}
  credential: ${credentialText(answers)}

target:
  type: timely
  accountId: ${accountId}
  application:
    clientId: ${secret('TIMELY_CLIENT_ID')}
    clientSecret: ${secret('TIMELY_CLIENT_SECRET')}

scope:
  include:
    - group: ${JSON.stringify(group)} # nested members count
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

schedule:
  every: 5m
  notifications: false # true needs Group.Read.All and a public address of the worker
`;
}

function credentialText({ tenant, credential }: InitAnswers): string {
  switch (credential) {
    case 'secret':
      return `{secret: env:${secretName(tenant, 'ENTRA_SECRET')}}`;
    case 'certificate':
      return `{certificate: file:/run/secrets/${tenant}/entra.pem}`;
    case 'federatedToken':
      return '{federatedToken: file:/var/run/secrets/azure/token}';
  }
}
