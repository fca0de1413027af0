/** The preflight check of Okta: sign-in, scopes, administrator roles, groups. */
import { z } from 'zod';
import {
  type CheckResult,
  checkError,
  checkOk,
  checkResultsOf,
  checkWarning,
} from '../../../domain/contract/check.ts';
import { SyncError } from '../../../domain/errors.ts';
import { groupLines } from '../../group-lines.ts';
import type { SelfTest } from '../../source.ts';
import type { OktaClient } from '../client/okta-client.ts';
import type { OktaCall } from '../client/okta-errors.ts';
import { listAll } from '../client/paging.ts';
import { appUsersCall, appUsersPath } from '../read/assignments.ts';
import { allGroupsPath, groupsCall } from '../read/group-lists.ts';
import { oktaGroup } from '../read/group-records.ts';
import { assigneesCall } from '../read/roles.ts';
import { type OktaScope, readOnlyRemedy, scopeRemedy } from '../scopes.ts';
import type { OktaSourceSettings } from '../settings.ts';

interface OktaCheck {
  okta: OktaClient;
  settings: OktaSourceSettings;
}

/** Checks everything that a first cycle needs, and changes nothing. A refusal becomes a line. */
export async function testOkta({ okta, settings }: OktaCheck, test: SelfTest): Promise<CheckResult[]> {
  const { scopes, domain, credential } = settings;
  let granted: string[] | null;
  try {
    granted = await okta.signIn.scopes();
  } catch (error) {
    // Nothing else can be checked without a token.
    if (error instanceof SyncError) return [checkError('sign-in', error.message, error.remedy)];
    throw error;
  }
  const signedIn = checkOk(
    'sign-in',
    credential.kind === 'privateKey'
      ? `Service app ${credential.clientId} is signed in at ${domain}.`
      : `The API token is used at ${domain}.`,
  );
  const missing = scopes.filter((scope) => granted !== null && !granted.includes(scope));
  if (missing.length > 0) {
    const lines = scopes.map((scope) =>
      missing.includes(scope) ? missingScope(scope) : grantedScope(scope),
    );
    return [signedIn, ...lines, leastPrivilege(settings)];
  }
  const lines = await Promise.all([
    ...probesOf(settings).map((probe) => checkResultsOf(probe.scope, () => checkProbe(okta, probe))),
    checkResultsOf('groups', () => checkGroups(okta, test)),
  ]);
  return [signedIn, ...lines.flat(), leastPrivilege(settings), credentialLine(settings)];
}

interface Probe {
  scope: OktaScope;
  /** Why the tenant file needs it. */
  purpose: string;
  /** The first request that the sync would make. */
  path: string;
  call: OktaCall;
  /** An empty list shows that the administrator role is missing. */
  hasSome: boolean;
}

function probesOf({ scopes, app }: OktaSourceSettings): Probe[] {
  const all: Record<OktaScope, Omit<Probe, 'scope'>> = {
    'okta.users.read': {
      purpose: 'reads people and their changes',
      path: '/users?limit=1',
      call: { operation: 'GET /users', scope: 'okta.users.read' },
      hasSome: true,
    },
    'okta.groups.read': {
      purpose: 'reads groups, their members and their changes',
      path: '/groups?limit=1',
      call: groupsCall,
      hasSome: true,
    },
    'okta.logs.read': {
      purpose: 'reads who was deleted',
      path: '/logs?limit=1',
      call: { operation: 'GET /logs', scope: 'okta.logs.read' },
      hasSome: false,
    },
    'okta.apps.read': {
      purpose: 'reads who is assigned to the app (assignedToApp)',
      path: appUsersPath(app ?? '', 1),
      call: appUsersCall,
      hasSome: false,
    },
    'okta.roles.read': {
      purpose: 'reads who holds an administrator role (safety.sensitive.directoryRoles)',
      path: '/iam/assignees/users?limit=1',
      call: assigneesCall,
      hasSome: false,
    },
  };
  return scopes.map((scope) => ({ scope, ...all[scope] }));
}

async function checkProbe(
  okta: OktaClient,
  { scope, purpose, path, call, hasSome }: Probe,
): Promise<CheckResult> {
  const response = await okta.get(
    path,
    z.union([z.array(z.unknown()), z.looseObject({ value: z.array(z.unknown()) })]),
    call,
  );
  const isEmpty = Array.isArray(response) && response.length === 0;
  if (!hasSome || !isEmpty)
    return checkOk(scope, `Granted, and the administrator role allows it: ${purpose}.`);
  return checkError(
    scope,
    `${call.operation}: Okta shows the service app nothing, so it has no administrator role.`,
    readOnlyRemedy,
  );
}

async function checkGroups(okta: OktaClient, { groups: names, boundGroups = new Map() }: SelfTest) {
  const groups = names.length === 0 ? [] : await listAll(okta, allGroupsPath, oktaGroup, groupsCall);
  return groupLines({
    names,
    boundGroups,
    groups: groups.map(({ id, profile: { name } }) => ({ id, name })),
    hiddenMembership: null,
  });
}

const grantedScope = (scope: OktaScope): CheckResult => checkOk(scope, 'Granted to the service app.');
const missingScope = (scope: OktaScope): CheckResult =>
  checkError(scope, 'Not granted to the service app.', scopeRemedy([scope]));

/** The exact list for this tenant file. What is granted beyond it does not show: Okta grants what is asked for. */
function leastPrivilege({ scopes, credential }: OktaSourceSettings): CheckResult {
  const roles = scopes.includes('okta.roles.read')
    ? 'the roles Read-only Administrator and a custom one with okta.iam.read'
    : 'the role Read-only Administrator';
  if (credential.kind === 'privateKey')
    return checkOk(
      'least privilege',
      `This tenant file needs the scopes ${scopes.join(', ')}, and ${roles}.`,
    );
  return checkWarning(
    'least privilege',
    'An API token has every right of the person who made it.',
    `Use a service app with the scopes ${scopes.join(', ')}, and ${roles}; or let an account with only that make the token.`,
  );
}

const credentialLine = ({ credential }: OktaSourceSettings): CheckResult =>
  credential.kind === 'privateKey'
    ? checkOk('credential', 'The key of the service app does not end. Replace it as your rules ask.')
    : checkOk(
        'credential',
        'The API token ends 30 days after its last use, and with the account of its maker.',
      );
