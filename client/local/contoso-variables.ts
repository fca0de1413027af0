/** What the sandbox's tenants name with `env:`, by what of a sandbox it is. */
const sources = {
  TENANT_CONTOSO_MICROSOFT: 'microsoft',
  TENANT_CONTOSO_OKTA: 'okta',
  TENANT_CONTOSO_SAP: 'sap',
  TENANT_CONTOSO_TIMELY: 'timely',
  TENANT_CONTOSO_ENTRA_SECRET: 'clientSecret',
  TENANT_CONTOSO_OKTA_KEY: 'oktaPrivateKey',
  TENANT_CONTOSO_OKTA_HOOK: 'oktaHook',
  TENANT_CONTOSO_SAP_CERTIFICATE: 'sapCertificate',
  TENANT_CONTOSO_SAP_SECRET: 'sapSecret',
  TIMELY_CLIENT_ID: 'applicationId',
  TIMELY_CLIENT_SECRET: 'applicationSecret',
  TENANT_CONTOSO_REFRESH_TOKEN: 'refreshToken',
  TENANT_CONTOSO_OKTA_SIGN_IN_SECRET: 'oktaSignInSecret',
  TENANT_CONTOSO_SAP_SIGN_IN_SECRET: 'sapSignInSecret',
  TENANT_CONTOSO_TEAMS_WEBHOOK: 'teamsWebhook',
  TENANT_CONTOSO_SLACK_WEBHOOK: 'slackWebhook',
} as const;

/** Of the mailbox, which a sandbox may lack. */
type MailboxValue = 'teamsWebhook' | 'slackWebhook';
/** The addresses of a sandbox, and the credentials that it takes. */
type SandboxValues = Record<Exclude<(typeof sources)[keyof typeof sources], MailboxValue>, string> &
  Partial<Record<MailboxValue, string>>;

/** The names of these variables. */
export const contosoReferences: readonly string[] = Object.keys(sources);

/** The variables for a sandbox. */
export const contosoVariables = (sandbox: SandboxValues): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, sandbox[source]]));
