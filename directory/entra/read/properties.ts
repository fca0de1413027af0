import { createHash } from 'node:crypto';
import { ConfigurationError } from '../../../domain/errors.ts';
import type { DirectoryStream, ReadPlan } from '../../source.ts';

/**
 * Attributes that every read brings: rules commonly ask for them (tenant file, `where` and `department`), and the hire
 * date orders those who wait for a seat.
 */
const commonAttributes = [
  'department',
  'jobTitle',
  'companyName',
  'employeeType',
  'employeeId',
  'employeeHireDate',
  'officeLocation',
] as const;

const personProperties = [
  'id',
  'displayName',
  'userPrincipalName',
  'mail',
  'proxyAddresses',
  'accountEnabled',
  'userType',
  'externalUserState',
] as const;

/**
 * Kept outside Entra ID's main store, so that delta never tells of a change
 * (docs/reference/microsoft-graph.md section 1.2).
 */
const untracked = new Set([
  'signInActivity',
  'cloudLicensing',
  'mailboxSettings',
  'deviceEnrollmentLimit',
  'print',
  'aboutMe',
  'birthday',
  'hireDate',
  'interests',
  'mySite',
  'pastProjects',
  'preferredName',
  'responsibilities',
  'schools',
  'skills',
]);

/** Names of the attributes a read brings: the common ones and those that `where` rules name. */
export function attributeNames(plan: ReadPlan): string[] {
  return [...new Set([...commonAttributes, ...plan.attributes])];
}

/**
 * The `$select` of people, without navigation properties.
 * @throws ConfigurationError for an attribute that is no property's name or cannot be tracked
 */
export function personSelect(plan: ReadPlan): string[] {
  const bad = plan.attributes.find((name) => !/^[a-zA-Z]\w*$/.test(name) || untracked.has(name));
  if (bad !== undefined) {
    throw new ConfigurationError(`A \`where\` rule names "${bad}", which Entra ID cannot track.`, {
      remedy:
        'Name a user property of Microsoft Graph that is kept in Entra ID itself, such as employeeType.',
    });
  }
  return [...new Set([...personProperties, ...attributeNames(plan)])];
}

/** Path of a stream's first request: what it selects is what is tracked from then on. */
export function firstRequest(stream: DirectoryStream, plan: ReadPlan): string {
  const selected =
    stream === 'users'
      ? [...personSelect(plan), ...(plan.managers ? ['manager'] : [])]
      : ['id', 'displayName', 'members'];
  return `/${stream}/delta?$select=${selected.join(',')}`;
}

/**
 * A digest of what cursors hold within them: where they are from and what they track
 * (docs/reference/microsoft-graph.md section 12, trap 16). The order of a plan's attributes makes no difference.
 */
export function cursorScope(graphOrigin: string, tenantId: string, plan: ReadPlan): string {
  const sorted = { ...plan, attributes: plan.attributes.toSorted() };
  const parts = [graphOrigin, tenantId, firstRequest('users', sorted), firstRequest('groups', sorted)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
