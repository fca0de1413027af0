/** The preflight check of Entra ID: sign-in, permissions, groups, people, and the expiry of the credential. */
import {
  type CheckResult,
  checkError,
  checkOk,
  checkResultsOf,
  checkWarning,
} from '../../../domain/contract/check.ts';
import { credentialRemedy, credentialWarningDays, daysUntil } from '../../../domain/credential.ts';
import { SyncError } from '../../../domain/errors.ts';
import { formatCount } from '../../../domain/text.ts';
import type { SelfTest } from '../../source.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import type { EntraSourceSettings } from '../settings.ts';
import { type CredentialEnd, credentialEnd } from '../sign-in/credential-end.ts';
import type { EntraSignIn } from '../sign-in/sign-in.ts';
import { checkGroups } from './check-groups.ts';
import { checkPermissions, permissionsIn } from './check-permissions.ts';

export interface SelfTestParts {
  graph: GraphClient;
  signIn: EntraSignIn;
  settings: EntraSourceSettings;
  countPeople(): Promise<number | null>;
}

/** Checks everything that a first cycle needs, and changes nothing. A refusal becomes a line. */
export async function testEntra(parts: SelfTestParts, test: SelfTest): Promise<CheckResult[]> {
  const { graph, signIn, settings } = parts;
  const { tenantId, clientId } = settings;
  let token: string;
  try {
    token = await signIn.token();
  } catch (error) {
    // Nothing else can be checked without a token.
    if (error instanceof SyncError) return [checkError('sign-in', error.message, error.remedy)];
    throw error;
  }
  const granted = permissionsIn(token);
  const lines = await Promise.all([
    checkPermissions({ graph, clientId, test, granted }),
    checkResultsOf('people', () => checkPeople(parts)),
    checkResultsOf('groups', () => checkGroups(graph, test)),
    checkResultsOf('credential', async () => credentialLine(await credentialEnd(graph, settings))),
  ]);
  return [checkOk('sign-in', `Application ${clientId} is signed in at tenant ${tenantId}.`), ...lines.flat()];
}

async function checkPeople({ countPeople }: SelfTestParts): Promise<CheckResult> {
  const count = await countPeople();
  if (count === null) return checkOk('people', 'The directory does not say how many people it has.');
  return checkOk(
    'people',
    `The directory counts ${formatCount(count, 'person', 'people')}, in scope or not.`,
  );
}

function credentialLine(end: CredentialEnd): CheckResult {
  const name = 'credential';
  if (!end.known) {
    return {
      ...checkOk(name, `It is not known when the client secret expires: ${end.reason}.`),
      remedy: 'Note the day yourself, or use a certificate or a federated credential.',
    };
  }
  if (end.at === null) return checkOk(name, 'It is renewed from outside, so its expiry is not watched.');
  const days = daysUntil(end.at, new Date());
  const message = `It expires on ${end.at.toISOString().slice(0, 10)}, in ${formatCount(days, 'day', 'days')}.`;
  if (days > credentialWarningDays) return checkOk(name, message);
  return checkWarning(name, message, credentialRemedy);
}
