/** What `init` needs to know, from flags or from a person at the terminal. */
import { isGuid } from '../../domain/text.ts';
import { usageError } from '../exit-codes.ts';
import type { Session } from '../render/output.ts';

export const credentialKinds = ['secret', 'certificate', 'federatedToken'] as const;
export type CredentialKind = (typeof credentialKinds)[number];

export interface InitAnswers {
  tenant: string;
  credential: CredentialKind;
  directoryId: string;
  clientId: string;
  accountId: number;
  group: string;
  role: string;
}

/** As flags give them: texts, or not at all. */
export type InitFlags = Partial<Record<keyof InitAnswers, string>>;

interface InitQuestion {
  key: keyof InitAnswers;
  flag: string;
  question: string;
  otherwise?: string;
  /** What is wrong with an answer; null when it is fine. */
  problem(text: string): string | null;
}

const matches = (pattern: RegExp, words: string) => (text: string) => (pattern.test(text) ? null : words);

export const initQuestions: readonly InitQuestion[] = [
  {
    key: 'tenant',
    flag: '--tenant',
    question: 'A name for this tenant',
    problem: matches(/^[a-z0-9-]{1,40}$/, 'It is 1 to 40 small letters, digits and hyphens.'),
  },
  {
    key: 'credential',
    flag: '--credential',
    question: 'How the application signs in to Entra ID: secret, certificate or federatedToken',
    otherwise: 'secret',
    problem: (text) =>
      credentialKinds.some((kind) => kind === text) ? null : `It is one of ${credentialKinds.join(', ')}.`,
  },
  {
    key: 'directoryId',
    flag: '--directory-id',
    question: 'Directory (tenant) id of Entra ID',
    problem: (text) => (isGuid(text) ? null : 'It is a GUID, as the overview of Entra ID shows it.'),
  },
  {
    key: 'clientId',
    flag: '--client-id',
    question: 'Application (client) id: what the first of the commands above prints',
    problem: (text) => (isGuid(text) ? null : 'It is a GUID, as `az ad app create` prints it.'),
  },
  {
    key: 'accountId',
    flag: '--account-id',
    question: "Number of the Timely account, as in the web address of Timely's pages",
    problem: matches(/^[1-9]\d{0,14}$/, 'It is a number.'),
  },
  {
    key: 'group',
    flag: '--group',
    question: 'Group whose members come into Timely, by name or object id; begin with a small one',
    problem: (text) => (text === '' ? 'It is the name of a group.' : null),
  },
  {
    key: 'role',
    flag: '--role',
    question: 'Role in Timely for people without another rule',
    otherwise: 'employee',
    problem: (text) => (text === '' ? 'It is the name of a role.' : null),
  },
];

/**
 * Returns all answers. On a terminal it asks for those that no flag gives. It calls `beforeIds` before it asks for the ids,
 * since the application has to be registered first.
 * @throws CommandError (2) for a wrong answer, or for a missing one without a terminal
 */
export async function gatherAnswers(
  session: Session,
  flags: InitFlags,
  beforeIds: (known: Pick<InitAnswers, 'tenant' | 'credential'>) => void,
): Promise<InitAnswers> {
  if (!session.watcher) refuseMissing(flags);
  const texts: InitFlags = {};
  for (const question of initQuestions) {
    if (question.key === 'directoryId') beforeIds({ tenant: texts.tenant ?? '', credential: kindOf(texts) });
    texts[question.key] = await answerTo(session, flags, question);
  }
  const { tenant = '', directoryId = '', clientId = '', accountId, group = '', role = '' } = texts;
  const credential = kindOf(texts);
  return { tenant, credential, directoryId, clientId, accountId: Number(accountId), group, role };
}

const kindOf = ({ credential }: InitFlags) => credentialKinds.find((kind) => kind === credential) ?? 'secret';

/** Without a terminal one error lists every missing answer. */
function refuseMissing(flags: InitFlags): void {
  const missing = initQuestions.filter(({ key, otherwise }) => flags[key] === undefined && !otherwise);
  if (missing.length === 0) return;
  const list = missing.map(({ flag }) => flag).join(', ');
  throw usageError(`Without a terminal all answers are flags; these are missing: ${list}.`);
}

async function answerTo(session: Session, flags: InitFlags, asked: InitQuestion): Promise<string> {
  const { key, flag, question, otherwise, problem } = asked;
  const given = flags[key]?.trim();
  if (given !== undefined) {
    const wrong = problem(given);
    if (wrong) throw usageError(`${flag} ${given}: ${wrong}`);
    return given;
  }
  if (!session.watcher) return otherwise ?? '';
  for (;;) {
    const line = await session.readLine(otherwise ? `${question} [${otherwise}]` : question);
    if (line === null) throw usageError('Nothing was written.');
    const text = line.trim() || (otherwise ?? '');
    const wrong = problem(text);
    if (wrong === null) return text;
    session.err(`${wrong}\n`);
  }
}
