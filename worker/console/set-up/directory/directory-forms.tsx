/** What the administrator of each directory does there and pastes here. */
import type { Child } from 'hono/jsx';
import {
  type DirectoryKind,
  type InitQuestion,
  questionsAbout,
} from '../../../../config/first-file/questions.ts';
import type { SetUpDraft } from '../draft.ts';

export interface DirectoryForm {
  title: string;
  directory: DirectoryKind;
  credential: 'secret' | 'certificate' | 'privateKey' | 'apiToken';
  /** What is to be done in the directory's own console, as items of a list. */
  todo(draft: SetUpDraft): Child[];
  /** How the secret is asked for; null where it was made here. */
  secret: { label: string; hint: string; lines?: number } | null;
}

const graphPermissions = 'User.Read.All, GroupMember.Read.All and RoleManagement.Read.Directory';
const oktaScopes = 'okta.users.read, okta.groups.read, okta.logs.read and okta.roles.read';

const forms = {
  'entra-own': {
    title: 'Microsoft Entra ID with an application of your own',
    directory: 'entra',
    credential: 'secret',
    todo: () => [
      'In the Entra admin center open App registrations, New registration. Give it a name; a redirect address of the platform Web, the address of this site with /sign-in/callback, lets people sign in here to decide.',
      `Under API permissions add these application permissions of Microsoft Graph: ${graphPermissions}. Then grant admin consent.`,
      'Under Certificates & secrets make a new client secret, and paste its value below.',
    ],
    secret: { label: 'Client secret', hint: 'The value of the secret, not its id.' },
  },
  okta: {
    title: 'Okta with a service app',
    directory: 'okta',
    credential: 'privateKey',
    todo: ({ oktaKey }) => [
      'In the Okta admin console open Applications, Create App Integration, API Services.',
      <>
        <p>
          Under Client Credentials choose Public key / Private key, and add this public key. The private half
          was made here and stays here.
        </p>
        <pre tabindex={0}>{oktaKey}</pre>
      </>,
      `Under Okta API Scopes grant ${oktaScopes}.`,
      'Under Admin roles assign the role Read-Only Administrator.',
    ],
    secret: null,
  },
  'okta-token': {
    title: 'Okta with an API token',
    directory: 'okta',
    credential: 'apiToken',
    todo: () => [
      'Sign in to the Okta admin console as a user with the role Read-Only Administrator.',
      'Open Security, API, Tokens, Create token, and paste it below.',
    ],
    secret: { label: 'API token', hint: 'Okta shows it once.' },
  },
  sap: {
    title: 'SAP Cloud Identity Services with client id and secret',
    directory: 'sap',
    credential: 'secret',
    todo: () => [
      'In the administration console open Users & Authorizations, Administrators, Add, System.',
      'Switch on the authorizations Read Users and Manage Groups, and no other. The sync never writes to groups.',
      'Under Client ID and Secret choose Add, and paste both below.',
    ],
    secret: { label: 'Client secret', hint: 'SAP shows it once.' },
  },
  'sap-certificate': {
    title: 'SAP Cloud Identity Services with a certificate',
    directory: 'sap',
    credential: 'certificate',
    todo: () => [
      'In the administration console open Users & Authorizations, Administrators, Add, System.',
      'Switch on the authorizations Read Users and Manage Groups, and no other. The sync never writes to groups.',
      'Let the console make a certificate, and paste it below as PEM with its private key.',
    ],
    secret: {
      label: 'Certificate and private key',
      hint: 'Both as text: the lines from -----BEGIN CERTIFICATE----- on, and those of the private key, not encrypted.',
      lines: 8,
    },
  },
} as const satisfies Record<string, DirectoryForm>;

/** The form of a page; null for a name that none has. */
export const directoryForm = (name: string): DirectoryForm | null =>
  Object.entries(forms).find(([known]) => known === name)?.[1] ?? null;

/** The questions of a form: those of `init` about the directory. */
export const questionsOf = ({ directory, credential }: DirectoryForm): InitQuestion[] =>
  questionsAbout(directory, credential).filter(
    ({ key }) => !['tenant', 'directory', 'credential', 'accountId'].includes(key),
  );

/** Ways to begin, in the order in which they are offered. `entra` only where the installation has an application. */
export const waysToBegin = (
  hasSharedApplication: boolean,
): { path: string; text: string; hint: string }[] => [
  ...(hasSharedApplication
    ? [
        {
          path: 'entra',
          text: 'Microsoft Entra ID',
          hint: 'You sign in there and consent. Nothing is to be registered.',
        },
      ]
    : []),
  {
    path: 'entra-own',
    text: 'Microsoft Entra ID with an application of your own',
    hint: 'You register an application with a client secret.',
  },
  { path: 'okta', text: 'Okta', hint: 'You make a service app with the public key that you find here.' },
  { path: 'okta-token', text: 'Okta with an API token', hint: 'Where you cannot make a service app.' },
  {
    path: 'sap',
    text: 'SAP Cloud Identity Services',
    hint: 'You make a system with a client id and a secret.',
  },
  {
    path: 'sap-certificate',
    text: 'SAP Cloud Identity Services with a certificate',
    hint: 'You make a system with a certificate.',
  },
];
