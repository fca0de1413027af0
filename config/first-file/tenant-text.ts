/** A first tenant file: short, careful, and with what one would want to change next. */
import { jsonText, oneLine } from '../../domain/shown-text.ts';
import { ownPrefix } from '../policy/secrets.ts';
import type { EntraAnswers, InitAnswers, OktaAnswers, SapAnswers } from './answers.ts';

/** Name of the environment variable that holds a secret of the tenant. */
export const secretName = (tenant: string, what: string) => `${ownPrefix(tenant)}${what}`;

/** Who comes into Timely, and as what. */
export interface ScopeAnswers {
  /** Empty: everyone, for a look that no person is to come in by. */
  include: readonly IncludeAnswer[];
  role: string;
  /** Lines that a person may want next, as comments. */
  roleRules: { group: string; role: string }[];
  teams: 'departments' | 'none';
}

/** A line of `scope.include`. */
export interface IncludeAnswer {
  kind: 'group' | 'department' | 'emailDomain';
  /** Of a group: its name, or its id where several have the name. */
  value: string;
  comment: string;
}

/** Addresses and a first token, as the options of `init` have them: for the sandbox, proxies and private clouds. */
export interface TenantFileExtras {
  /** Of the directory's credential. */
  secret?: string;
  login?: string;
  graph?: string;
  endpoint?: string;
  timelyEndpoint?: string;
  initialRefreshToken?: string;
}

/** What is other in a file that was made at a set-up in the browser. */
export interface SetUpExtras {
  /** The application of Timely that all tenants share, in place of one of the tenant. */
  sharesTimelyApplication?: boolean;
  /** The application of the installation in Entra ID. */
  sharesEntraApplication?: boolean;
  /** Those who may decide: addresses, and groups as `group:NAME`. */
  deciders?: readonly string[];
  /** The application that people sign in to, and a reference to its secret. */
  signIn?: { clientId: string; secret: string };
}

export function tenantFileText(
  answers: InitAnswers,
  scope: ScopeAnswers,
  { timelyEndpoint, initialRefreshToken, ...extras }: TenantFileExtras & SetUpExtras = {},
): string {
  const { tenant, accountId } = answers;
  const { sharesTimelyApplication = false, deciders, signIn } = extras;
  const secret = (what: string) => `env:${sharesTimelyApplication ? what : secretName(tenant, what)}`;
  return `# Made by timely-sync ${deciders === undefined ? 'init' : 'in the browser'}. Every key is explained in docs/tenant-file.md; secrets are references, never values.

tenant: ${quoted(tenant)}

source:
${sourceText(answers, extras)}
target:
  type: timely
  accountId: ${accountId}
  application:
    clientId: ${secret('TIMELY_CLIENT_ID')}
    clientSecret: ${secret('TIMELY_CLIENT_SECRET')}
${givenLine('initialRefreshToken', initialRefreshToken)}${givenLine('endpoint', timelyEndpoint)}  # requestsPerSecond: 5 # of the account, over all workers: an invitation takes one

scope:
  include:
${includeText(answers, scope)}
    # - department: [Design, Engineering]

${rolesText(scope)}
${scope.teams === 'departments' ? '' : '# '}teams:
${scope.teams === 'departments' ? '' : '# '}  - fromDepartment: "*" # a team for each department in scope

${decidersText(deciders)}${signInText(signIn)}safety:
  removals: {max: 10, percent: 10, windowDays: 7}
  # invitations: {max: 100} # more than this in one cycle wait for an approval
  firstCycle: {removals: hold}
${answers.directory === 'sap' ? sapSensitiveText : ''}
schedule:
  every: 5m
${notificationsText[answers.directory]}`;
}

/** For people as well: what cannot be seen is escaped. */
const quoted = (value: unknown) => jsonText(value, 0);

const givenLine = (key: string, value: string | undefined) =>
  value === undefined ? '' : `  ${key}: ${quoted(value)}\n`;

function includeText({ directory }: InitAnswers, { include }: ScopeAnswers): string {
  if (include.length === 0) return '    - everyone: true';
  return include.map((line) => includeLine(directory, line)).join('\n');
}

function includeLine(directory: InitAnswers['directory'], { kind, value, comment }: IncludeAnswer): string {
  const nested = kind === 'group' && directory !== 'okta' ? 'nested members count' : '';
  const comments = [comment, nested].filter(Boolean).join('; ');
  return `    - ${kind}: ${quoted(value)}${comments === '' ? '' : ` # ${oneLine(comments)}`}`;
}

/** Who may decide about changes that wait for a person; nothing where nobody was named. */
const decidersText = (deciders: readonly string[] = []) =>
  deciders.length === 0
    ? ''
    : `approvals:
  who: ${quoted(deciders)} # only they may decide about changes that are held

`;

function rolesText({ role, roleRules }: ScopeAnswers): string {
  const rules = roleRules.length > 0 ? roleRules : [{ group: 'Timely Managers', role: 'manager' }];
  const lines = rules.map((rule) => `  #   - {group: ${quoted(rule.group)}, role: ${quoted(rule.role)}}\n`);
  return `roles:
  default: ${quoted(role)} # for new invitations; people who are in Timely keep theirs
  # rules:
${lines.join('')}`;
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

const signInText = (signIn: SetUpExtras['signIn']) =>
  signIn === undefined
    ? ''
    : `console:
  signIn:
    clientId: ${quoted(signIn.clientId)}
    clientSecret: ${signIn.secret}

`;

type SourceExtras = Omit<TenantFileExtras & SetUpExtras, 'timelyEndpoint' | 'initialRefreshToken'>;

function sourceText(
  answers: InitAnswers,
  { login, graph, endpoint, secret, sharesEntraApplication = false }: SourceExtras,
): string {
  switch (answers.directory) {
    case 'entra': {
      const own = login === undefined || graph === undefined ? null : { login, graph };
      return (
        entraText(answers, sharesEntraApplication, secret) +
        (own === null ? '' : `  endpoints: ${quoted(own)}\n`)
      );
    }
    case 'okta':
      return oktaText(answers, secret) + givenLine('endpoint', endpoint);
    case 'sap':
      return sapText(answers, secret) + givenLine('endpoint', endpoint);
  }
}

const entraText = (answers: EntraAnswers, isShared: boolean, secret?: string) => `  type: entra
  tenantId: ${quoted(answers.directoryId)}
${isShared ? '  application: shared # the one of the installation\n' : ownApplicationText(answers, secret)}`;

const ownApplicationText = (
  answers: EntraAnswers,
  secret?: string,
) => `  clientId: ${quoted(answers.clientId)}
  credential: {${answers.credential}: ${secret ?? usualReference(answers)}}
`;

function oktaText(answers: OktaAnswers, secret?: string): string {
  const { tenant, credential, domain, clientId, keyId } = answers;
  const lines = [
    'type: okta',
    `domain: ${domain}`,
    ...(credential === 'privateKey' ? [`clientId: ${clientId}`] : []),
    `credential: {${credential}: ${secret ?? usualReference(answers)}}`,
    ...(keyId === '' ? [] : [`keyId: ${quoted(keyId)}`]),
    '# app: 0oa9z8y7x6w5v4u3t2s1 # the app whose assignments `assignedToApp: true` means',
    '# suspended: keep # somebody who is suspended stays as they are',
    `# eventHook: env:${secretName(tenant, 'OKTA_HOOK')} # what the event hook sends in Authorization`,
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}

function sapText(answers: SapAnswers, secret?: string): string {
  const { credential, host, clientId } = answers;
  const lines = [
    'type: sap',
    `host: ${host}`,
    ...(credential === 'secret' ? [`clientId: ${quoted(clientId)}`] : []),
    `credential: {${credential}: ${secret ?? usualReference(answers)}}${credential === 'certificate' ? ' # PEM with certificate and private key' : ''}`,
    '# requestsPerMinute: 120 # of the tenant, over all workers',
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}

/** Where the worker finds the credential, unless the person keeps it elsewhere. */
export function usualReference({
  tenant,
  directory,
  credential,
}: Pick<InitAnswers, 'tenant' | 'directory' | 'credential'>): string {
  switch (credential) {
    case 'secret':
      return `env:${secretName(tenant, `${directory.toUpperCase()}_SECRET`)}`;
    case 'apiToken':
      return `env:${secretName(tenant, 'OKTA_TOKEN')}`;
    case 'federatedToken':
      return 'file:/var/run/secrets/azure/token';
    default:
      return `file:/run/secrets/${tenant}/${directory}.pem`;
  }
}
