/** The preflight check of SAP: sign-in, authorizations, groups, attributes. */
import {
  type CheckResult,
  checkError,
  checkOk,
  checkResultsOf,
  checkWarning,
} from '../../../domain/contract/check.ts';
import { credentialRemedy, credentialWarningDays, daysUntil } from '../../../domain/credential.ts';
import { SyncError } from '../../../domain/errors.ts';
import { groupLines } from '../../group-lines.ts';
import { countScimList, readScimList, type ScimList } from '../../scim/list-pages.ts';
import type { NeededGroups, SelfTest } from '../../source.ts';
import type { SapClient } from '../client/sap-client.ts';
import { authorizationRemedy, type SapAuthorization } from '../client/sap-errors.ts';
import { countingName, sapGroup } from '../read/group-records.ts';
import { groupsList } from '../read/groups.ts';
import { personPatch, sapUser } from '../read/people.ts';
import { usersList } from '../read/users.ts';
import type { SapSourceSettings } from '../settings.ts';

interface SapCheck {
  sap: SapClient;
  settings: SapSourceSettings;
}

/** Checks everything that a first cycle needs, and changes nothing. A refusal becomes a line. */
export async function testSap({ sap, settings }: SapCheck, test: SelfTest): Promise<CheckResult[]> {
  const { host, credential } = settings;
  try {
    const response = await sap.send('/Users?startIndex=1&count=1', 'GET /Users');
    if (response.status !== 200 && response.status !== 403) throw sap.errorOf(response, 'GET /Users');
  } catch (error) {
    // Nothing else can be checked without a sign-in.
    if (error instanceof SyncError) return [checkError('sign-in', error.message, error.remedy)];
    throw error;
  }
  const how = credential.kind === 'certificate' ? 'its certificate' : `the client id ${credential.clientId}`;
  return [
    checkOk('sign-in', `The system is signed in at ${host} by ${how}.`),
    ...(await checkResultsOf('Read Users', () => checkList(sap, usersList, 'Read Users', 'people'))),
    ...(await checkResultsOf('Manage Groups', () => checkList(sap, groupsList, 'Manage Groups', 'groups'))),
    ...(await checkResultsOf('groups', () => checkGroups(sap, test))),
    ...(await checkResultsOf('attributes', () => checkAttributes(sap, test))),
    ...roleLines(test),
    credentialLine(sap.signIn.endsAt),
  ];
}

async function checkList(
  sap: SapClient,
  list: ScimList,
  authorization: SapAuthorization,
  what: string,
): Promise<CheckResult> {
  const count = await countScimList(sap, list);
  if (count !== null && count > 0) return checkOk(authorization, `Granted: ${count} ${what} are visible.`);
  return checkError(
    authorization,
    count === null ? `SAP does not say how many ${what} there are.` : `SAP shows the system no ${what}.`,
    authorizationRemedy([authorization]),
  );
}

async function checkGroups(sap: SapClient, { groups: names, boundGroups = new Map() }: SelfTest) {
  const groups: { id: string; name: string }[] = [];
  const needs: NeededGroups = { names, patterns: [], bound: [...boundGroups.values()], assigned: false };
  for await (const { resources } of names.length === 0 ? [] : readScimList(sap, groupsList)) {
    const fitting = resources.flatMap((resource) => sapGroup.safeParse(resource).data ?? []);
    groups.push(...fitting.map((group) => ({ id: group.id, name: countingName(group, needs) })));
  }
  return groupLines({ names, boundGroups, groups, hiddenMembership: null });
}

/** Reads one page: a name that means several attributes would stop the first cycle. */
async function checkAttributes(sap: SapClient, { plan }: SelfTest): Promise<CheckResult[]> {
  if (plan.attributes.length === 0) return [];
  for await (const { resources } of readScimList(sap, usersList)) {
    for (const user of resources.flatMap((resource) => sapUser.safeParse(resource).data ?? []))
      personPatch(user, plan);
    break;
  }
  return [checkOk('attributes', `Each means one attribute of SAP: ${plan.attributes.join(', ')}.`)];
}

const roleLines = ({ privileged }: SelfTest): CheckResult[] =>
  privileged
    ? [
        checkWarning(
          'safety.sensitive.directoryRoles',
          'SAP does not show who is an administrator, so nobody is sensitive by a role.',
          'Name a group of them under safety.sensitive.groups, and set safety.sensitive.directoryRoles to false.',
        ),
      ]
    : [];

function credentialLine(endsAt: Date | null): CheckResult {
  if (endsAt === null)
    return checkOk(
      'credential',
      'SAP does not say when the secret ends: at most two years after it was made.',
    );
  const line = `The certificate ends on ${endsAt.toISOString().slice(0, 10)}.`;
  return daysUntil(endsAt, new Date()) > credentialWarningDays
    ? checkOk('credential', line)
    : checkWarning('credential', line, credentialRemedy);
}
