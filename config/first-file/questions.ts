/** The questions about a directory and a Timely account, each with the flag of `init`. */
import { isGuid, tenantNamePattern } from '../../domain/text.ts';
import { accountNumber, applicationId, directoryName, isDomain, serviceHost } from './pasted-address.ts';

export const directoryKinds = ['entra', 'okta', 'sap'] as const;
export type DirectoryKind = (typeof directoryKinds)[number];

export const entraCredentials = ['secret', 'certificate', 'federatedToken'] as const;
export const oktaCredentials = ['privateKey', 'apiToken'] as const;
export const sapCredentials = ['certificate', 'secret'] as const;

export type InitResultKey =
  | 'tenant'
  | 'directory'
  | 'credential'
  | 'directoryId'
  | 'domain'
  | 'host'
  | 'clientId'
  | 'keyId'
  | 'accountId';

export interface InitQuestion {
  key: InitResultKey;
  flag: string;
  question: string;
  /** The answer when there is none; without it one is needed. */
  otherwise?: string;
  /** Only the registered application has the answer. */
  isOfRegistered?: true;
  /** Asked only with this credential. */
  onlyWith?: string;
  /** Takes the answer out of what was typed: the address of a page has it too. */
  read?(text: string): string;
  /** What is wrong with an answer; null when it is fine. */
  problem(text: string): string | null;
}

const matches = (pattern: RegExp, words: string) => (text: string) => (pattern.test(text) ? null : words);
const oneOf = (kinds: readonly string[]) => (text: string) =>
  kinds.includes(text) ? null : `It is one of ${kinds.join(', ')}.`;

const first: readonly InitQuestion[] = [
  {
    key: 'tenant',
    flag: '--tenant',
    question: 'A name for this tenant',
    problem: matches(tenantNamePattern, 'It is 1 to 40 small letters, digits and hyphens.'),
  },
  {
    key: 'directory',
    flag: '--directory',
    question: 'The directory: entra, okta or sap',
    otherwise: 'entra',
    problem: oneOf(directoryKinds),
  },
];

const ofDirectory: Record<DirectoryKind, readonly InitQuestion[]> = {
  entra: [
    {
      key: 'credential',
      flag: '--credential',
      question: 'How the application signs in to Entra ID: secret, certificate or federatedToken',
      otherwise: 'secret',
      problem: oneOf(entraCredentials),
    },
    {
      key: 'directoryId',
      flag: '--directory-id',
      question: 'Directory (tenant) id of Entra ID, a domain of it, or the address of its page',
      isOfRegistered: true,
      read: directoryName,
      problem: (text) =>
        isGuid(text) || isDomain(text)
          ? null
          : 'It is a GUID, as the overview of Entra ID shows it, or a domain such as contoso.onmicrosoft.com.',
    },
    {
      key: 'clientId',
      flag: '--client-id',
      question: 'Application (client) id: what the first of the commands above prints',
      isOfRegistered: true,
      read: applicationId,
      problem: (text) => (isGuid(text) ? null : 'It is a GUID, as `az ad app create` prints it.'),
    },
  ],
  okta: [
    {
      key: 'domain',
      flag: '--domain',
      question: 'Host of the Okta org, such as contoso.okta.com',
      read: serviceHost,
      problem: (text) => (isDomain(text) ? null : 'It is the name of a host, or an address there.'),
    },
    {
      key: 'credential',
      flag: '--credential',
      question: 'How the sync signs in to Okta: privateKey (a service app) or apiToken',
      otherwise: 'privateKey',
      problem: oneOf(oktaCredentials),
    },
    {
      key: 'clientId',
      flag: '--client-id',
      question: 'Client id of the service app',
      isOfRegistered: true,
      onlyWith: 'privateKey',
      problem: matches(/^[0-9A-Za-z]{1,100}$/, 'It has letters and digits, as 0oa1b2c3d4e5f6g7h8i9.'),
    },
    {
      key: 'keyId',
      flag: '--key-id',
      question: 'Key id (kid) that Okta shows for the key; empty when the app has one key',
      otherwise: '',
      isOfRegistered: true,
      onlyWith: 'privateKey',
      problem: matches(/^[\w.~+/=-]{0,200}$/, 'It is one word, as Okta shows it.'),
    },
  ],
  sap: [
    {
      key: 'host',
      flag: '--host',
      question: 'Host of the tenant of SAP Cloud Identity Services, such as contoso.accounts.ondemand.com',
      read: serviceHost,
      problem: (text) => (isDomain(text) ? null : 'It is the name of a host, or an address there.'),
    },
    {
      key: 'credential',
      flag: '--credential',
      question: 'How the system signs in to SAP: certificate or secret',
      otherwise: 'certificate',
      problem: oneOf(sapCredentials),
    },
    {
      key: 'clientId',
      flag: '--client-id',
      question: 'Client id that SAP shows with the secret',
      isOfRegistered: true,
      onlyWith: 'secret',
      problem: matches(/^[0-9A-Za-z._~-]{1,100}$/, 'It is one word, as SAP shows it.'),
    },
  ],
};

const last: readonly InitQuestion[] = [
  {
    key: 'accountId',
    flag: '--account-id',
    question: "Number of the Timely account, or the web address of one of Timely's pages",
    read: accountNumber,
    problem: matches(/^[1-9]\d{0,14}$/, 'It is a number, or an address that has it.'),
  },
];

/** All questions about a tenant with that directory and credential, in their order. */
export function questionsAbout(directory: DirectoryKind, given?: string): readonly InitQuestion[] {
  const all = [...first, ...ofDirectory[directory], ...last];
  const credential = given ?? all.find(({ key }) => key === 'credential')?.otherwise;
  return all.filter(({ onlyWith }) => onlyWith === undefined || onlyWith === credential);
}

/** Each flag once, with what it means for every directory. */
export function initFlagTexts(): Map<string, string> {
  const texts = new Map<string, string[]>();
  for (const { flag, question, otherwise } of [...first, ...Object.values(ofDirectory).flat(), ...last]) {
    const text = otherwise ? `${question}; ${otherwise} unless given` : question;
    texts.set(flag, [...new Set([...(texts.get(flag) ?? []), text])]);
  }
  return new Map([...texts].map(([flag, each]) => [flag, each.join('. ')]));
}
