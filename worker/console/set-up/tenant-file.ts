/** The tenant file that the answers of a set-up make: the same as an operator would write. */
import { answersIn, type InitAnswers } from '../../../config/first-file/answers.ts';
import type { SetUpEndpoints } from '../../../config/first-file/set-up-settings.ts';
import {
  type SetUpExtras,
  type TenantFileExtras,
  tenantFileText,
} from '../../../config/first-file/tenant-text.ts';
import { parseTenantFile, type TenantFile } from '../../../config/tenant-file.ts';
import type { CurrentSetUp } from './current.ts';
import { signInSecretName } from './deciders.tsx';

const credentialWords = {
  secret: 'secret',
  privateKey: 'key',
  apiToken: 'token',
  certificate: 'certificate',
  federatedToken: 'token',
} as const;

/**
 * Under which name the store keeps a credential: the tenant file says `store:<name>`. Each set-up has names of its own, so that
 * a tenant that runs keeps its credential until it has the new file.
 */
export const secretNameOf = (
  { browser: { link } }: Pick<CurrentSetUp, 'browser'>,
  { directory, credential }: Pick<InitAnswers, 'directory' | 'credential'>,
): string => `${directory}-${credentialWords[credential]}-${link.slice(0, 8)}`;

/** Before the account is known, one is named that nothing is asked of. */
const someAccount = '1';

/** The text with comments, for people. */
export function setUpFileText(setUp: CurrentSetUp, endpoints: SetUpEndpoints): string {
  const { tenant, draft } = setUp;
  const { signIn } = draft;
  const answers = answersIn({ accountId: someAccount, ...draft.answers, tenant });
  const { login, graph, timely } = endpoints;
  const endpoint = answers.directory === 'entra' ? undefined : endpoints[answers.directory];
  const extras: TenantFileExtras & SetUpExtras = {
    secret: `store:${secretNameOf(setUp, answers)}`,
    ...(login !== undefined && graph !== undefined && { login, graph }),
    ...(endpoint !== undefined && { endpoint }),
    ...(timely !== undefined && { timelyEndpoint: timely }),
    sharesTimelyApplication: true,
    sharesEntraApplication: draft.isShared,
    deciders: draft.deciders,
    ...(signIn !== null && {
      signIn: {
        clientId: signIn.clientId,
        secret: `store:${signInSecretName(setUp.browser.link)}`,
      },
    }),
  };
  const { lines, role, teams } = draft;
  return tenantFileText(answers, { include: lines ?? [], role, roleRules: [], teams }, extras);
}

/** @throws ConfigurationError for answers that make no valid file */
export const setUpFile = (setUp: CurrentSetUp, endpoints: SetUpEndpoints): TenantFile =>
  parseTenantFile(setUpFileText(setUp, endpoints), 'The tenant file');
