/** What `init` needs to know, from flags or from a person at the terminal. */
import { usageError } from '../exit-codes.ts';
import type { Session } from '../render/output.ts';
import {
  type DirectoryKind,
  directoryKinds,
  entraCredentials,
  type InitQuestion,
  type InitResultKey,
  oktaCredentials,
  questionsAbout,
  sapCredentials,
} from './questions.ts';
import { typedAnswer } from './typed-answer.ts';

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

/** What is known before the application is registered. */
export type BeforeRegistration =
  | Pick<EntraAnswers, 'directory' | 'tenant' | 'credential'>
  | Pick<OktaAnswers, 'directory' | 'tenant' | 'credential' | 'domain'>
  | Pick<SapAnswers, 'directory' | 'tenant' | 'credential' | 'host'>;

interface Gathering {
  /** Flags of later questions that will need an answer too. */
  alsoMissing: string[];
  beforeIds(known: BeforeRegistration): void;
}

/**
 * Returns all answers but those about people. On a terminal it asks for those that no flag gives. It calls `beforeIds` before it asks for what only
 * the registered application has.
 * @throws CommandError (2) for a wrong answer, or for a missing one without a terminal
 */
export async function gatherAnswers(
  session: Session,
  flags: InitFlags,
  { alsoMissing, beforeIds }: Gathering,
): Promise<InitAnswers> {
  if (!session.watcher) refuseMissing(flags, alsoMissing);
  const texts: InitFlags = {};
  let isRegistered = false;
  for (;;) {
    const questions = questionsAbout(directoryOf(texts), texts.credential);
    const question = questions.find(({ key }) => texts[key] === undefined);
    const isAfterRegistration = question?.isOfRegistered || question?.key === 'accountId';
    if (isAfterRegistration && !isRegistered) {
      beforeIds(answersIn(texts));
      isRegistered = true;
    }
    if (question === undefined) return answersIn(texts);
    texts[question.key] = await answerTo(session, flags, question);
  }
}

const directoryOf = ({ directory }: InitFlags): DirectoryKind =>
  directoryKinds.find((kind) => kind === directory) ?? 'entra';

function answersIn(texts: InitFlags): InitAnswers {
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

/** Without a terminal one error lists every missing answer. */
function refuseMissing(flags: InitFlags, alsoMissing: string[]): void {
  const missing = questionsAbout(directoryOf(flags), flags.credential).filter(
    ({ key, otherwise }) => flags[key] === undefined && otherwise === undefined,
  );
  if (missing.length === 0) return;
  const list = [...missing.map(({ flag }) => flag), ...alsoMissing].join(', ');
  throw usageError(`Without a terminal all answers are flags; these are missing: ${list}.`);
}

async function answerTo(session: Session, flags: InitFlags, asked: InitQuestion): Promise<string> {
  const { key, flag, question, suggest, problem, read = (text) => text } = asked;
  const given = flags[key]?.trim();
  if (given !== undefined) {
    const wrong = problem(read(given));
    if (wrong) throw usageError(`${flag} ${given}: ${wrong}`);
    return read(given);
  }
  const suggested = session.watcher && suggest ? await suggest() : null;
  return await typedAnswer(session, { question, otherwise: suggested ?? asked.otherwise, read, problem });
}
