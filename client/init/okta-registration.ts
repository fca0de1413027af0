/** What creates the sync's service app in Okta with least rights (docs/reference/okta.md section 2). */
import type { OktaAnswers } from '../../config/first-file/answers.ts';
import { secretName } from '../../config/first-file/tenant-text.ts';
import { type Shell, setVariable, writeText } from './shell.ts';

/** What the file that `init` writes needs; all of them only read (`check` says when a changed file needs others). */
const scopes = ['okta.users.read', 'okta.groups.read', 'okta.logs.read', 'okta.roles.read'];

/** Writes the public half of a key as a JWK. Windows PowerShell would lose double quotes, so there are none. */
const publicHalf =
  'fs.writeFileSync(process.argv[2], JSON.stringify({ ...crypto.createPublicKey(fs.readFileSync(process.argv[1])).export({ format: `jwk` }), kid: `K1`, use: `sig` }))';

export function oktaRegistration(
  { tenant, domain, credential }: Pick<OktaAnswers, 'tenant' | 'domain' | 'credential'>,
  shell: Shell,
): string[] {
  if (credential === 'apiToken') {
    return [
      '# As a user with only the roles of docs/okta.md: Security, API, Tokens, Create token. Then, for the worker:',
      setVariable(shell, secretName(tenant, 'OKTA_TOKEN'), "'what Okta shows once'"),
    ];
  }
  return [
    `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${tenant}-okta.pem`,
    `node -e '${publicHalf}' ${tenant}-okta.pem ${tenant}-okta.jwk.json`,
    writeText(shell, `${tenant}-okta.tf`, terraform(tenant, domain)),
    ['terraform init', 'terraform apply', 'terraform output client_id'].join(
      shell === 'bash' ? ' && ' : '; ',
    ),
    '# Once, in the admin console: Security, Administrators, Roles: a custom role with only "View roles, resources, and admin assignments",',
    '# on the resource set of all Identity and Access Management resources. Assign it to the service app.',
  ];
}

const terraform = (tenant: string, domain: string) => `terraform {
  required_providers {
    okta = { source = "okta/okta" }
  }
}

locals {
  key = jsondecode(file("${tenant}-okta.jwk.json"))
}

resource "okta_app_oauth" "timely_sync" {
  label                      = "timely-directory-sync ${tenant}"
  type                       = "service"
  grant_types                = ["client_credentials"]
  response_types             = ["token"]
  token_endpoint_auth_method = "private_key_jwt"
  jwks {
    kty = local.key.kty
    kid = local.key.kid
    x   = local.key.x
    y   = local.key.y
  }
}

resource "okta_app_oauth_api_scope" "timely_sync" {
  app_id = okta_app_oauth.timely_sync.id
  issuer = "https://${domain}"
  scopes = [${scopes.map((scope) => `"${scope}"`).join(', ')}]
}

resource "okta_app_oauth_role_assignment" "timely_sync" {
  client_id = okta_app_oauth.timely_sync.client_id
  type      = "READ_ONLY_ADMIN"
}

output "client_id" {
  value = okta_app_oauth.timely_sync.client_id
}
`;
