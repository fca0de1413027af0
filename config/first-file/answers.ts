/** What a first tenant file needs to know of the directory and of Timely, whoever asks for it. */
import {
  type DirectoryKind,
  directoryKinds,
  entraCredentials,
  type InitResultKey,
  oktaCredentials,
  sapCredentials,
} from './questions.ts';

interface CommonAnswers {
  tenant: string;
  clientId: string;
  accountId: number;
}

export interface EntraAnswers extends CommonAnswers {
  directory: 'entra';
  credential: (typeof entraCredentials)[number];
  /** A GUID, or a domain until a worker has found the id. */
  directoryId: string;
}

export interface OktaAnswers extends CommonAnswers {
  directory: 'okta';
  credential: (typeof oktaCredentials)[number];
  domain: string;
  /** Empty: the app has one key. */
  keyId: string;
}

export interface SapAnswers extends CommonAnswers {
  directory: 'sap';
  credential: (typeof sapCredentials)[number];
  host: string;
}

export type InitAnswers = EntraAnswers | OktaAnswers | SapAnswers;

/** As flags give them: texts, or not at all. */
export type InitFlags = Partial<Record<InitResultKey, string>>;

export const directoryOf = ({ directory }: InitFlags): DirectoryKind =>
  directoryKinds.find((kind) => kind === directory) ?? 'entra';

/** The answers in texts that the questions have found fine. */
export function answersIn(texts: InitFlags): InitAnswers {
  const { tenant = '', clientId = '', accountId } = texts;
  const common = { tenant, clientId, accountId: Number(accountId) };
  const directory = directoryOf(texts);
  switch (directory) {
    case 'entra': {
      const credential = entraCredentials.find((kind) => kind === texts.credential) ?? 'secret';
      return { directory, ...common, credential, directoryId: texts.directoryId ?? '' };
    }
    case 'okta': {
      const credential = oktaCredentials.find((kind) => kind === texts.credential) ?? 'privateKey';
      const { domain = '', keyId = '' } = texts;
      return { directory, ...common, credential, domain, keyId };
    }
    case 'sap': {
      const credential = sapCredentials.find((kind) => kind === texts.credential) ?? 'certificate';
      return { directory, ...common, credential, host: texts.host ?? '' };
    }
  }
}
