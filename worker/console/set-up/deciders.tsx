/** Who may answer what waits, and how they sign in where the application of the source signs nobody in. */
import { personOrGroup } from '../../../config/schema-parts.ts';
import type { GivenSecrets, SetUpContext } from './current.ts';
import type { SetUpDraft } from './draft.ts';
import { Field, type Problems } from './forms.tsx';

const textMax = 5_000;
const clientIdMax = 200;

/** Under which name the store keeps the secret of the application that people sign in to. */
export const signInSecretName = (link: string): string => `console-secret-${link.slice(0, 8)}`;

/** What the form says, in the draft's words, with what is wrong. Only what is right goes into the tenant file. */
export function decidersFrom({ var: { form, setUp } }: SetUpContext): {
  change: Pick<SetUpDraft, 'deciders' | 'decidersText' | 'signIn' | 'signInText'>;
  secrets: GivenSecrets;
  problems: Problems;
} {
  const { draft, browser } = setUp;
  const decidersText = (form.get('deciders') ?? '').slice(0, textMax);
  const parts = decidersText.split(/[\n,;]+/).map((part) => part.trim());
  const named = parts
    .filter((part) => part !== '')
    .map((part) => ({ part, ...personOrGroup.safeParse(part) }));
  const wrong = named.find(({ success }) => !success);
  const clientId = (form.get('signInClientId') ?? '').trim().slice(0, clientIdMax);
  const isClientId = /^[\x21-\x7e]+$/.test(clientId);
  const secret = (form.get('signInSecret') ?? '').trim();
  const name = signInSecretName(browser.link);
  const hasSecret = secret !== '' || draft.signIn?.clientId === clientId;
  return {
    change: {
      decidersText,
      deciders: wrong ? [] : [...new Set(named.map(({ part }) => part))],
      signIn: isClientId && hasSecret ? { clientId } : null,
      signInText: clientId,
    },
    secrets: isClientId && secret !== '' ? { [name]: secret } : {},
    problems: {
      ...(wrong && {
        deciders: `"${wrong.part.slice(0, 80)}" ${wrong.error?.issues[0]?.message ?? 'is not clear'}.`,
      }),
      ...(clientId !== '' && !isClientId && { signInClientId: 'It is one word, as the directory shows it.' }),
      ...(isClientId &&
        !hasSecret && { signInSecret: 'Paste it here: an application without a secret is refused.' }),
      ...(clientId === '' && secret !== '' && { signInClientId: 'Whose secret is it?' }),
    },
  };
}

interface DecidersProps {
  draft: SetUpDraft;
  redirectUri: string;
  problems: Problems;
}

export const Deciders = ({ draft, redirectUri, problems }: DecidersProps) => (
  <>
    <Field
      name="deciders"
      label="Who may decide about changes that wait"
      hint="E-mail addresses, or group:NAME for a group of the directory, one on each line. Unusual changes wait for their answer. Nobody answers about themselves, so name at least two people. Without any, only those who run the sync can answer."
      value={draft.decidersText ?? suggested(draft)}
      lines={3}
      problem={problems.deciders}
    />
    {draft.directory === 'entra' ? null : (
      <SignIn draft={draft} redirectUri={redirectUri} problems={problems} />
    )}
  </>
);

/** The administrator, where the directory said who it is; else the Admin of Timely. */
const suggested = ({ admin, timely }: SetUpDraft): string =>
  admin?.name.includes('@') ? admin.name : (timely?.email ?? '');

const SignIn = ({ draft, redirectUri, problems }: DecidersProps) => (
  <fieldset>
    <legend>How they sign in (can be added later)</legend>
    <p class="hint">
      In your directory make an OpenID Connect web application with the redirect address{' '}
      <code>{redirectUri}</code>, and assign it to these people.
    </p>
    <Field
      name="signInClientId"
      label="Client id of that application"
      value={draft.signInText}
      problem={problems.signInClientId}
    />
    <Field
      name="signInSecret"
      label="Client secret"
      hint={draft.signIn ? 'One is kept. Leave it empty to keep it.' : 'The directory shows it once.'}
      problem={problems.signInSecret}
      isSecret
    />
  </fieldset>
);
