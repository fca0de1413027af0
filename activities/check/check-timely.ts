/** Timely's side of the preflight. */
import { meantText } from '../../config/schema-parts.ts';
import type { TenantFile } from '../../config/tenant-file.ts';
import {
  type CheckResult,
  checkError,
  checkOk,
  checkResultsOf,
  checkWarning,
} from '../../domain/contract/check.ts';
import { SyncError } from '../../domain/errors.ts';
import { formatCount, sameText } from '../../domain/text.ts';
import type { TimelyAccount, TimelySubscription, TimelyUser } from '../../domain/timely.ts';
import type { TimelyApi } from '../../timely/api.ts';
import { checkLimits, type Services } from '../services.ts';
import { checkOtherWriters } from './check-other-writers.ts';

export async function checkTimely(services: Services, file: TenantFile): Promise<CheckResult[]> {
  const timely = await services.timelyOf(file, checkLimits);
  const signIn = await signInLine(timely, file);
  // Without a token there is nothing else to check.
  if (signIn.state === 'error') return [signIn];
  const lines = await Promise.all([
    checkResultsOf('permissions', () => checkPermissions(timely, file)),
    checkResultsOf('account', () => checkAccount(timely, file)),
    checkResultsOf('roles', () => checkRoles(timely, file)),
    checkResultsOf('another writer', () => checkOtherWriters(services, file, timely)),
  ]);
  return [signIn, ...lines.flat()];
}

/** Only whether the tenant has tokens that Timely accepts. */
export async function checkTimelySignIn(services: Services, file: TenantFile): Promise<CheckResult[]> {
  return [await signInLine(await services.timelyOf(file, checkLimits), file)];
}

async function signInLine(timely: TimelyApi, file: TenantFile): Promise<CheckResult> {
  try {
    const own = await timely.currentUser();
    const name = nameFor(file)(own);
    return checkOk(
      'sign-in',
      `The sync acts as ${name}, ${own.role}; its tokens are kept for the tenant ${file.tenant}.`,
    );
  } catch (error) {
    if (error instanceof SyncError) return checkError('sign-in', error.message, error.remedy);
    throw error;
  }
}

/** Names people in results that a run history keeps, as `privacy.labels` says. */
const nameFor =
  ({ privacy }: TenantFile) =>
  ({ id, name, email }: TimelyUser) =>
    privacy.labels === 'names' ? `${name} <${email}>` : `user ${id}`;

const neededRights = ['create', 'read', 'update', 'delete'];

/** Whether the token's user has the rights that a sync needs (docs/reference/timely-api.md section 4). */
async function checkPermissions(timely: TimelyApi, { teams }: TenantFile): Promise<CheckResult[]> {
  const granted = await timely.permissions();
  return ['user', ...(teams.length > 0 ? ['team'] : [])].map((resource) => {
    const rights = granted.find((row) => row.resource === resource);
    const lacks = (list: string[] = []) => neededRights.filter((right) => !list.includes(right));
    const name = `${resource} permissions`;
    const missing = lacks([...(rights?.global ?? []), ...(rights?.permissions ?? [])]);
    const remedy = 'Make the person who connected an Admin in Timely, or connect as an Admin.';
    if (missing.length > 0) {
      return checkError(name, `The sync's user may not ${missing.join(', ')} ${resource}s.`, remedy);
    }
    const partly = lacks(rights?.global);
    if (partly.length === 0)
      return checkOk(name, `The sync's user may ${neededRights.join(', ')} all ${resource}s.`);
    return checkWarning(name, `The sync's user may ${partly.join(', ')} some ${resource}s, not all.`, remedy);
  });
}

async function checkAccount(timely: TimelyApi, file: TenantFile): Promise<CheckResult[]> {
  const [account, subscription] = await Promise.all([timely.account(), timely.subscription()]);
  return [
    ...(await checkOwner(timely, account, nameFor(file))),
    checkSubscription(subscription),
    ...checkFeatures(subscription, file),
    checkSeats(account, subscription),
    ...checkDirectoryLink(subscription),
  ];
}

async function checkOwner(
  timely: TimelyApi,
  { ownerId, name }: TimelyAccount,
  nameOf: (user: TimelyUser) => string,
): Promise<CheckResult[]> {
  const owner = ownerId === null ? null : await timely.user(ownerId);
  if (owner)
    return [
      checkOk('owner', `The account ${name} belongs to ${nameOf(owner)}, who is never removed or demoted.`),
    ];
  return [
    checkWarning(
      'owner',
      `Timely does not say who owns the account ${name}.`,
      'Put the owner’s address under safety.protect.',
    ),
  ];
}

function checkSubscription({ plan, status, expired, trialDays }: TimelySubscription): CheckResult {
  const name = 'subscription';
  const remedy = 'Renew it in Timely under Settings > Subscription.';
  if (expired) return checkError(name, 'The subscription has expired: no user can be invited.', remedy);
  if (trialDays !== null)
    return checkWarning(name, `The trial ends in ${formatCount(trialDays, 'day', 'days')}.`, remedy);
  const shown = [plan ?? 'unnamed plan', status ?? 'unknown status'].join(', ');
  const known = status === null || ['active', 'trial'].includes(status);
  return known ? checkOk(name, shown) : checkWarning(name, `${shown}: invitations may be refused.`, remedy);
}

/**
 * Plans differ in what they include, and Timely's own pages about it contradict each other
 * (docs/reference/timely-api.md section 8).
 */
function checkFeatures({ features }: TimelySubscription, { teams }: TenantFile): CheckResult[] {
  if (features === null) return [];
  const lacks = (feature: string) => !features.includes(feature);
  const lines: CheckResult[] = [];
  if (lacks('api_access')) {
    const message = 'The plan does not list api_access, although the API responds.';
    lines.push(checkWarning('features', message, 'Ask Timely whether this plan may use the API.'));
  }
  if (teams.length > 0 && lacks('teams')) {
    const message = 'The plan does not include teams, and the tenant file makes teams.';
    lines.push(
      checkError('features', message, 'Choose a plan with teams, or remove the lines under `teams`.'),
    );
  }
  return lines.length > 0 ? lines : [checkOk('features', 'The plan includes what this tenant file needs.')];
}

function checkSeats({ seats, userCount }: TimelyAccount, { usersMax }: TimelySubscription): CheckResult {
  const name = 'seats';
  if (seats === null || userCount === null)
    return checkOk(name, 'Timely does not say how many seats there are.');
  const free = Math.max(seats - userCount, 0);
  const message = `${seats} paid, ${userCount} used, ${free} free.`;
  const remedy =
    'Add seats in Timely under Settings > Subscription; people who wait for one are then invited.';
  if (usersMax !== null && userCount >= usersMax) {
    return checkWarning(
      name,
      `${message} The plan takes ${formatCount(usersMax, 'user', 'users')} at most.`,
      remedy,
    );
  }
  return free > 0 ? checkOk(name, message) : checkWarning(name, message, remedy);
}

function checkDirectoryLink({ azureAd }: TimelySubscription): CheckResult[] {
  if (!azureAd) return [];
  return [
    checkWarning(
      'another writer',
      "Timely's own Microsoft Azure AD integration is on, or allowed: it adds people too.",
      'See Settings > Integrations in Timely, and let only one of the two write.',
    ),
  ];
}

async function checkRoles(timely: TimelyApi, { scope, roles, safety }: TenantFile): Promise<CheckResult[]> {
  const known = (await timely.roles()).map(({ name }) => name);
  const given = [
    roles.default,
    ...roles.rules.map(({ role }) => role),
    ...scope.include.flatMap(({ role }) => role ?? []),
  ];
  const unknown = (names: string[]) =>
    [...new Set(names)].filter((name) => !known.some((role) => sameText(role, name)));
  const remedy = `Use one of these in the tenant file: ${known.join(', ')}.`;
  const problems = [
    ...unknown(given).map((role) =>
      checkError('roles', `Timely has no role named "${role}"${meantText(role, known)}`, remedy),
    ),
    ...unknown(safety.sensitive.timelyRoles).map((role) =>
      checkWarning(
        'roles',
        `safety.sensitive names the role "${role}", which Timely does not have${meantText(role, known)}`,
        remedy,
      ),
    ),
  ];
  return problems.length > 0 ? problems : [checkOk('roles', 'All roles of the tenant file exist in Timely.')];
}
